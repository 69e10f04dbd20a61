import ArgumentParser

// Not `async`: the loop has a thread of its own, and the main thread waits for it.
Wattline.runAndExit()
