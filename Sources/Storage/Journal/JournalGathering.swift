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

    init(_ directories: [String], _ reference: String, _ disk: any JournalDisk, _ rewriting: SharedJournal.Rewriting = .init()) {
        precondition(Set(directories).count == directories.count, "a directory is given twice")
        precondition(Set(directories.map { JournalHome.parent(of: $0) }).count == 1, "their directories are not side by side")
        self.directories = directories
        self.disk = disk
        self.rewriting = rewriting
        home = JournalHome(reference, from: directories[0])
    }

    mutating func openings() throws(JournalError) -> [Journal.Opening] {
        let found = try FoundJournal.open(in: home.directory, disk)
        let file = JournalFile(directory: home.directory, disk: disk, descriptor: found.descriptor, length: found.contents.validLength)
        let present = try JournalHome.sections(of: found.contents, file: file.path)
        try find(in: present.mapValues(\.records))
        let names = directories.map { JournalHome.name(of: $0) }
        let members = Set(names)
        var others: [String] = []
        var isStale = false
        for name in present.keys.sorted() where !members.contains(name) {
            // Points of a former, larger process: whoever starts them finds them here.
            if try home.keeps(name, besides: directories[0], disk) { others.append(name) } else { isStale = true }
        }
        var places = present.mapValues(\.place)
        if arriving.isEmpty, !isStale {
            try file.sync()
            try JournalFile.syncDirectory(home.directory, disk)
        } else {
            var bytes: [UInt8] = []
            places = [:]
            for (name, records) in zip(names, records) + others.map({ ($0, present[$0]?.records ?? []) }) {
                let line = JournalFormat.line([JournalFormat.tag(name, anew: true)] + records)
                places[name] = SharedJournal.Section(begin: bytes.count, records: records.count, bytes: line.count)
                bytes += line
            }
            try file.replace(with: bytes)
        }
        try point()
        for former in former.keys.sorted(by: { $0.directory < $1.directory }) where former.isNamed(after: directories) {
            try former.removeIfEmpty(siblingsOf: directories[0], disk)
        }
        let shared = SharedJournal(file, sections: places, rewriting)
        // A torn end of the one file is told once.
        if let first = tornBytes.first { tornBytes[0] = first + found.tornBytes }
        return names.indices.map {
            Journal.Opening(journal: Journal(.section(shared, name: names[$0])), records: records[$0], tornBytes: tornBytes[$0])
        }
    }

    /// Finds the records of each where its directory says that they are.
    private mutating func find(in present: [String: [[UInt8]]]) throws(JournalError) {
        for (index, directory) in directories.enumerated() {
            let path = JournalFile.path(in: directory)
            try attempt(.remove, path + ".new") { () throws(DiskError) in try disk.remove(path + ".new") }
            let contents = try FoundJournal.read(in: directory, disk)
            tornBytes.append(0)
            guard let reference = contents?.keptIn else {
                records.append(contents?.records ?? [])
                arriving.append(index)
                continue
            }
            let keeper = JournalHome(reference, from: directory)
            if keeper.directory == home.directory {
                guard let own = present[JournalHome.name(of: directory)] else { throw home.missing(directory) }
                records.append(own)
            } else {
                if former[keeper] == nil { former[keeper] = try keeper.sections(disk) ?? [:] }
                guard let own = former[keeper]?[JournalHome.name(of: directory)] else { throw keeper.missing(directory) }
                records.append(own)
                arriving.append(index)
            }
        }
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
