//! Tests of whole runs over power cuts: a real tree, a receiver in memory, and a state folder on a
//! disk that forgets what was not synced.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chronologix_core::{Config, Logger, testing::ManualClock};
use chronologix_schema::settings::{options::StartAt, ship::ShipOptions};
use opentelemetry_proto::tonic::{
    collector::logs::v1::ExportLogsServiceRequest, common::v1::any_value::Value,
};
use prost::Message as _;
use tempfile::TempDir;

use super::ShipRun;
use crate::{
    clock::{Stop, SystemClock},
    cursor::StateDir,
    disk::{
        Disk as _,
        crash::{CrashDisk, Power, Survives, next},
    },
    error::ShipError,
    retry::Outcome,
    settings::{Settings, Variables},
    shipper::Summary,
    transport::{Answer, ContentType, Transport},
    tree_source::TreeSource,
};

/// Records of a request.
const BATCH: usize = 10;

/// A request with this record is refused.
const REFUSED: u64 = 25;

/// What is found on a disk after a cut.
const SURVIVING: [Survives; 8] = [
    Survives::Synced,
    Survives::Written,
    Survives::Names,
    Survives::Bytes,
    Survives::Some(0x9e37_79b9_7f4a_7c15),
    Survives::Some(0x2545_f491_4f6c_dd1d),
    Survives::Some(0xd134_2543_de82_ef95),
    Survives::Some(0xbf58_476d_1ce4_e5b9),
];

/// A tree, and how far it is written.
struct LoggedTree {
    logger: Logger,
    dir: TempDir,
    clock: ManualClock,
    written: u64,
}

impl LoggedTree {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = ManualClock::at("2025-05-04T14:00:00Z".parse().unwrap());
        let logger = Config::new()
            .base_log_dir(dir.path().join("logs"))
            .stream("app")
            .stream("errors")
            .mirror("errors", "app")
            .interval("5m")
            .timestamp_format("%H:%M:%S.%f")
            .clock(clock.clone())
            .start_blocking()
            .unwrap();
        Self {
            logger,
            dir,
            clock,
            written: 0,
        }
    }

    /// Logs so many records, each fourth into the next folder.
    fn log(&mut self, count: u64) {
        for number in self.written..self.written + count {
            let stream = ["app", "errors"][usize::from(number % 3 == 0)];
            let stream = self.logger.stream(stream).unwrap();
            let level = chronologix_core::Level::Info;
            stream.log_at(level, format_args!("record {number}")).wait();
            self.clock.advance(Duration::from_secs(20));
        }
        self.written += count;
        let flushed = self.logger.flush_blocking(Duration::from_secs(60));
        assert!(flushed.error.is_none());
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("logs")
    }
}

/// A receiver on a machine whose power stays: the numbers of each request, in their order.
#[derive(Clone, Debug, Default)]
struct Memory {
    requests: Arc<Mutex<Vec<Vec<u64>>>>,
}

impl Memory {
    fn requests(&self) -> MutexGuard<'_, Vec<Vec<u64>>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The connection to it from the machine whose power is cut.
struct Wire {
    memory: Memory,
    power: Power,
    stop: Stop,
}

fn numbers(request: &ExportLogsServiceRequest) -> Vec<u64> {
    let records = &request.resource_logs[0].scope_logs[0].log_records;
    let number = |body: Value| match body {
        Value::StringValue(text) => text.strip_prefix("record ").unwrap().parse().unwrap(),
        other => panic!("{other:?}"),
    };
    let bodies = records.iter().map(|it| it.body.clone().unwrap().value);
    bodies.map(|body| number(body.unwrap())).collect()
}

impl Wire {
    /// The power is cut: no answer is seen, and there is no other try.
    fn dead(&self) -> Answer {
        self.stop.ask();
        Answer {
            outcome: Outcome::NoAnswer,
            body: Vec::new(),
            sent: 0,
        }
    }
}

impl Transport for Wire {
    fn post(&mut self, head: &[u8], records: &[u8], _: ContentType) -> Answer {
        if !self.power.step() {
            return self.dead();
        }
        let request = ExportLogsServiceRequest::decode(&[head, records].concat()[..]).unwrap();
        let numbers = numbers(&request);
        let is_refused = numbers.contains(&REFUSED);
        self.memory.requests().push(numbers);
        if !self.power.step() {
            return self.dead();
        }
        let status = if is_refused { 400 } else { 200 };
        Answer {
            outcome: Outcome::Answered {
                status,
                retry_after: None,
            },
            body: Vec::new(),
            sent: 1,
        }
    }
}

/// A machine that ships a tree.
struct Machine {
    settings: Settings,
    disk: CrashDisk,
    memory: Memory,
    /// Requests that were under way at a cut, by their index.
    in_flight: BTreeSet<usize>,
}

impl Machine {
    fn new(tree: &LoggedTree, start_at: StartAt) -> Self {
        let options = ShipOptions {
            batch_records: Some(BATCH),
            state_dir: Some(PathBuf::from("/state/of/tree")),
            start_at: Some(start_at),
            ..ShipOptions::default()
        };
        let (variables, none) = (Variables::new(), ShipOptions::default());
        Self {
            settings: Settings::resolve(tree.path(), options, &variables, none, "h").unwrap(),
            disk: CrashDisk::with_folder(Path::new("/state")),
            memory: Memory::default(),
            in_flight: BTreeSet::new(),
        }
    }

    fn state(&self, power: &Power) -> StateDir {
        let disk = self.disk.powered_by(power);
        StateDir::on(Arc::new(disk), &self.settings.state_dir)
    }

    /// Ships to the end of the tree, or until the power is cut.
    fn run(&self, power: &Power) -> Result<Summary, ShipError> {
        let state = self.state(power);
        state.make()?;
        let stop = Stop::default();
        let wire = Wire {
            memory: self.memory.clone(),
            power: power.clone(),
            stop: stop.clone(),
        };
        let run = ShipRun {
            state,
            once: true,
            clock: Arc::new(SystemClock),
            stop,
            report: Arc::new(|_| {}),
            metrics: Arc::default(),
        };
        let tree = TreeSource::tree(&self.settings)?;
        run.start(&self.settings, &tree, || Ok(Box::new(wire)))
    }

    /// Ships until the power is cut before a step, and finds what survived. Returns whether it was.
    fn run_into_cut(&mut self, step: usize, survives: Survives) -> bool {
        let power = Power::cut_at(step);
        let before = self.memory.requests().len();
        let ended = self.run(&power);
        if !power.is_off() {
            ended.unwrap();
        }
        let after = self.memory.requests().len();
        self.in_flight.extend((after > before).then(|| after - 1));
        self.disk = self.disk.after_cut(survives);
        power.is_off()
    }

    /// Returns the records of the file of refused ones.
    fn refused(&self) -> BTreeSet<u64> {
        let path = self.state(&Power::default()).rejected_path();
        let text = self.disk.read(&path).unwrap_or_default();
        let requests = text
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok());
        requests.flat_map(|request| numbers(&request)).collect()
    }

    /// Checks that each record in a range arrived, or is kept as refused; and that none was in two
    /// requests, unless the first of them was under way at a cut.
    fn check(&self, records: std::ops::Range<u64>, case: &str) {
        let requests = self.memory.requests();
        let mut seen: BTreeSet<u64> = BTreeSet::new();
        for (at, request) in requests.iter().enumerate() {
            let repeated: Vec<_> = request.iter().filter(|it| seen.contains(*it)).collect();
            assert!(repeated.is_empty(), "{case}: {repeated:?} in request {at}");
            // Those of a request under way may come once more.
            if !self.in_flight.contains(&at) {
                seen.extend(request);
            }
        }
        let is_kept = |request: &&Vec<u64>| !request.contains(&REFUSED);
        let mut found: BTreeSet<_> = requests.iter().filter(is_kept).flatten().copied().collect();
        found.extend(self.refused());
        let missing: Vec<_> = records.filter(|number| !found.contains(number)).collect();
        assert_eq!(missing, [0; 0], "{case}");
    }
}

/// The power is cut at each step of a run, and after each cut the disk is found in several states.
#[test]
fn no_record_is_lost_by_a_power_cut_and_only_a_request_under_way_is_repeated() {
    let mut tree = LoggedTree::new();
    tree.log(40);
    let mut cuts = 0;
    for step in 0.. {
        let mut was_cut = false;
        for survives in SURVIVING {
            let mut machine = Machine::new(&tree, StartAt::Beginning);
            was_cut = machine.run_into_cut(step, survives);
            let case = format!("cut before step {step}, {survives:?} survives");
            machine.run(&Power::default()).expect(&case);
            machine.check(0..tree.written, &case);
            cuts += usize::from(was_cut);
        }
        if !was_cut {
            break;
        }
    }
    assert!(cuts > 200, "{cuts}");
}

/// Several cuts after one another, while the tree grows.
#[test]
fn no_record_is_lost_by_many_power_cuts() {
    let is_full = std::env::var("CHRONOLOGIX_FAULTS").is_ok_and(|it| it == "full");
    let mut random = 0x9e37_79b9_7f4a_7c15;
    for program in 0..if is_full { 500 } else { 20 } {
        let mut tree = LoggedTree::new();
        let mut machine = Machine::new(&tree, StartAt::Beginning);
        for _ in 0..6 {
            tree.log(next(&mut random) % 20);
            let step = usize::try_from(next(&mut random)).unwrap() % 30;
            let survives = Survives::Some(next(&mut random) | 1);
            machine.run_into_cut(step, survives);
        }
        tree.log(3);
        let case = format!("program {program}");
        machine.run(&Power::default()).expect(&case);
        machine.check(0..tree.written, &case);
    }
}

/// Where the first run begins is on disk before anything is sent: if the folder of the cursor got
/// lost, the next run would begin behind what was logged meanwhile.
#[test]
fn a_first_run_that_began_at_the_end_is_not_forgotten() {
    for survives in SURVIVING {
        let mut tree = LoggedTree::new();
        tree.log(30);
        let mut machine = Machine::new(&tree, StartAt::End);
        machine.run_into_cut(usize::MAX, survives);
        tree.log(30);
        machine.run(&Power::default()).unwrap();
        machine.check(30..tree.written, &format!("{survives:?} survives"));
        assert!(
            machine
                .memory
                .requests()
                .iter()
                .flatten()
                .all(|number| *number >= 30)
        );
    }
}

/// What the tests above prove depends on a disk that forgets.
#[test]
fn the_disk_forgets_what_is_not_synced() {
    let path = Path::new("/state/file");
    let written = |is_synced: bool, is_named: bool, survives: Survives| {
        let disk = CrashDisk::with_folder(Path::new("/state"));
        let mut file = disk.create(path).unwrap();
        file.append(b"hello").unwrap();
        if is_synced {
            file.sync().unwrap();
        }
        if is_named {
            disk.sync_folder(Path::new("/state")).unwrap();
        }
        disk.after_cut(survives).read(path).ok()
    };
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(written(true, true, Survives::Synced), text("hello"));
    assert_eq!(written(true, false, Survives::Synced), None);
    assert_eq!(written(false, true, Survives::Synced), text(""));
    assert_eq!(written(false, false, Survives::Names), text("\0\0\0\0\0"));
    assert_eq!(written(false, false, Survives::Bytes), None);
    assert_eq!(written(false, false, Survives::Written), text("hello"));
}
