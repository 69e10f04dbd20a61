/// The opening of several journals as one file.
struct JournalGathering {
    /// The largest number of files that are synced one by one; for more, syncing the whole file system is cheaper.
    private static let fewFiles = 8

    private let directories: [String]
    private let home: JournalHome
    private let disk: any JournalDisk
    private let rewriting: SharedJournal.Rewriting
    /// The records of each, oldest first.
    private var records: [[[UInt8]]] = []
    private var tornBytes: [Int] = []
    /// Those that are not kept in the home yet.
    private var arriving: [Int] = []
    /// Other homes that they come from.
    private var former: [JournalHome: [String: [[UInt8]]]] = [:]
    /// Those that are in no home that they say, by home.
    private var missing: [JournalHome: [String]] = [:]

    init(_ directories: [String], _ reference: String, _ disk: any JournalDisk, _ rewriting: SharedJournal.Rewriting = .init()) {
        guard let first = directories.first, let home = JournalHome(reference, from: first) else { preconditionFailure("no home: \(reference)") }
        precondition(Set(directories).count == directories.count, "a directory is given twice")
        precondition(Set(directories.map { JournalHome.parent(of: $0) }).count == 1, "their directories are not side by side")
        self.directories = directories
        self.home = home
        self.disk = disk
        self.rewriting = rewriting
    }

    mutating func openings() throws(JournalError) -> [Journal.Opening] {
        let path = JournalFile.path(in: home.directory)
        var sections = JournalSections(file: path)
        let (descriptor, contents, torn) = try FoundJournal.open(in: home.directory, disk, mostTorn: .max) { (line) throws(JournalError) in
            try sections.take(line)
        }
        let file = JournalFile(directory: home.directory, disk: disk, descriptor: descriptor, length: contents.validLength)
        guard contents.keptIn == nil else { throw .corrupt(file: path, offset: 0) }
        try find(in: sections.records)
        let names = directories.map { JournalHome.name(of: $0) }
        let members = Set(names)
        // Points of a former, larger process are kept for whoever starts them; what is elsewhere by now is void.
        for name in sections.places.keys.sorted() where !members.contains(name) && !home.keeps(name, besides: directories[0], disk) {
            sections.forget(name)
        }
        var places = sections.places
        if !arriving.isEmpty {
            let parts = arriving.map { SharedJournal.Part(name: names[$0], isAnew: true, records: records[$0]) }
            for part in parts { places.add(part, at: file.length) }
            try file.append(JournalFormat.line(parts.flatMap(\.tagged)))
        }
        // What was read may not be on the disk yet, nor a new file's name.
        try file.sync()
        try JournalFile.syncDirectory(home.directory, disk)
        try point()
        let shared = SharedJournal(file, sections: places, rewriting)
        // A torn end of the one file is told once.
        tornBytes[0] += torn
        return names.indices.map {
            Journal.Opening(journal: Journal(.section(shared, name: names[$0])), records: records[$0], tornBytes: tornBytes[$0])
        }
    }

    /// Finds the records of each where its directory says that they are.
    private mutating func find(in present: [String: [[UInt8]]]) throws(JournalError) {
        for (index, directory) in directories.enumerated() {
            let path = JournalFile.path(in: directory)
            try attempt(.remove, path + ".new") { () throws(DiskError) in try disk.remove(path + ".new") }
            var own: [[UInt8]] = []
            let found = try FoundJournal.read(in: directory, disk) { (line) throws(JournalError) in own += line.records }
            guard let found, let keeper = try JournalHome.keeping(found.contents, of: directory) else {
                records.append(own)
                tornBytes.append(found?.tornBytes ?? 0)
                arriving.append(index)
                continue
            }
            let name = JournalHome.name(of: directory)
            let isHere = keeper.directory == home.directory
            if !isHere, former[keeper] == nil { former[keeper] = try keeper.sections(disk) ?? [:] }
            let kept = isHere ? present[name] : former[keeper]?[name]
            if kept == nil { missing[keeper, default: []].append(directory) }
            records.append(kept ?? [])
            tornBytes.append(0)
            if !isHere { arriving.append(index) }
        }
        if let (keeper, owners) = missing.min(by: { $0.key.directory < $1.key.directory }) { throw keeper.missing(owners) }
    }

    /// Lets the directories of those that arrived say where they are kept now.
    private func point() throws(JournalError) {
        let line = JournalFormat.reference(to: home.reference)
        let arrived = arriving.map { directories[$0] }
        for directory in arrived {
            let draft = JournalFile.path(in: directory) + ".new"
            let descriptor = try attempt(.open, draft) { () throws(DiskError) in try disk.open(draft, to: .writeAnew) }
            defer { disk.close(descriptor) }
            try JournalFile.write(line, to: descriptor, draft, disk)
            if arrived.count <= JournalGathering.fewFiles {
                try attempt(.sync, draft) { () throws(DiskError) in try disk.sync(descriptor) }
            }
        }
        // A name must not be there before what it names.
        try syncFileSystems(of: arrived)
        for directory in arrived {
            let path = JournalFile.path(in: directory)
            try attempt(.rename, path + ".new") { () throws(DiskError) in try disk.rename(path + ".new", to: path) }
            if arrived.count <= JournalGathering.fewFiles { try JournalFile.syncDirectory(directory, disk) }
        }
        try syncFileSystems(of: arrived)
    }

    /// Syncs the file systems of directories, when they are many.
    private func syncFileSystems(of directories: [String]) throws(JournalError) {
        guard directories.count > JournalGathering.fewFiles else { return }
        var synced: Set<UInt64> = []
        for directory in directories {
            try attempt(.sync, directory) { () throws(DiskError) in
                let descriptor = try disk.openDirectory(directory)
                defer { disk.close(descriptor) }
                if synced.insert(try disk.device(descriptor)).inserted { try disk.syncFileSystem(descriptor) }
            }
        }
    }
}
