#!/usr/bin/python3
"""Both sides of a benchmark are measured the same way. Quick and pure: no broker, no product."""
import os
import random
import re
import sys
import unittest

BENCHMARKS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Benchmarks")
sys.path.insert(0, BENCHMARKS)
from measure import PERCENTILES, Comparison, NotSamples, Samples, percentile  # noqa: E402


def counted(values, q):
    """The nearest rank by its definition: the smallest value so that q % of all are not above it."""
    return min(value for value in values if 100 * sum(other <= value for other in values) >= q * len(values))


def source(name):
    with open(os.path.join(BENCHMARKS, name)) as file:
        return file.read()


class MeasureTest(unittest.TestCase):
    def test_percentiles_are_those_of_the_definition(self):
        dice = random.Random(7)
        for count in [1, 2, 3, 4, 10, 99, 100, 101, 250]:
            values = [dice.choice([dice.lognormvariate(5, 1), 42.0]) for _ in range(count)]
            for q in [1, 5, 25, 50, 75, 90, *PERCENTILES, 100]:
                self.assertEqual(percentile(values, q), counted(values, q), (count, q))
        self.assertEqual([percentile(list(range(1, 101)), q) for q in PERCENTILES], [50, 95, 99])

    def test_the_same_samples_on_both_sides_are_exactly_equal(self):
        dice = random.Random(8)
        rounds = [[dice.lognormvariate(5, 1) for _ in range(57)] for _ in range(4)]
        ours, theirs = iter(rounds), iter(rounds)
        found = Comparison("ours", "theirs").run(lambda: next(ours), lambda: next(theirs), rounds=4, expected=50, warm=7)
        for q in [1, 50, 95, 99, 100]:
            self.assertEqual(found.ratio(q), (1, 1, 1))

    def test_the_ratio_does_not_depend_on_the_order_in_which_samples_come(self):
        dice = random.Random(9)
        values = [dice.random() + 1 for _ in range(301)]
        shuffled = dice.sample(values, len(values))
        found = Comparison("ours", "theirs").run(lambda: [2 * value for value in shuffled], lambda: values, rounds=3, expected=301)
        for q in PERCENTILES:
            self.assertEqual(found.ratio(q)[0], 2)

    def test_the_sides_take_turns_and_neither_is_always_first(self):
        order = []
        Comparison("a", "b").run(lambda: order.append("a") or [1], lambda: order.append("b") or [1], rounds=4, expected=1)
        self.assertEqual("".join(order), "baabbaab")

    def test_a_side_that_sums_up_by_itself_is_refused(self):
        samples = Samples("bus")
        for values in [[120.0, 300.0, 450.0], [], [1.0] * 3001]:
            with self.assertRaises(NotSamples):
                samples.add(values, expected=3000)
        for value in ["12", None, float("nan"), float("inf"), -1.0, True]:
            with self.assertRaises(NotSamples):
                samples.add([value], expected=1)
        self.assertEqual(samples.rounds, [])

    def test_sides_that_were_not_measured_equally_often_are_not_compared(self):
        found = Comparison("ours", "theirs")
        found.ours.add([1.0], 1)
        with self.assertRaises(NotSamples):
            found.ratio()

    def test_no_benchmark_has_a_summary_of_its_own(self):
        for name in ["run.py", "dashboard.py"]:
            self.assertNotRegex(source(name), r"\bstatistics\b|\bsorted\(|\.sort\(|\bdef (median|p\d+|percentile)\b", name)
        for name in ["Sources/raw/raw.c", "Sources/raw/requests.c", "Sources/bus/main.swift"]:
            self.assertIsNone(re.search(r"qsort|\.sort\(|\* 9[59] / 100", source(name)), name)


if __name__ == "__main__":
    unittest.main()
