//! Trees on disk, shipped to a store in memory that fails as often as it works.

use std::{
    collections::BTreeMap,
    fs,
    sync::{Arc, Mutex, atomic::AtomicU64},
    time::Instant,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures_core::stream::BoxStream;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, ObjectStoreExt as _, PutMultipartOptions, PutOptions, PutPayload, PutResult,
    memory::InMemory, path::Path,
};

use super::*;

mod marks;

/// How a request ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Well,
    /// It does not arrive.
    Lost,
    /// It arrives, and the answer does not.
    Unanswered,
    /// Half of the object arrives, and the store says that all is well.
    Halved,
    Forbidden,
    NoBucket,
}

/// A store in memory, each of whose requests has a fate.
#[derive(Clone, Debug)]
struct Fateful {
    inner: Arc<InMemory>,
    requests: Arc<AtomicU64>,
    fate: fn(u64) -> Fate,
}

impl Fateful {
    fn new(fate: fn(u64) -> Fate) -> Self {
        Self {
            inner: Arc::new(InMemory::new()),
            requests: Arc::default(),
            fate,
        }
    }

    fn next(&self) -> Fate {
        (self.fate)(self.requests.fetch_add(1, Relaxed))
    }

    /// Returns the objects, decompressed, by key.
    fn objects(&self) -> BTreeMap<String, Vec<u8>> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(async {
            let mut objects = BTreeMap::new();
            let mut folders = vec![None];
            while let Some(folder) = folders.pop() {
                let found = self
                    .inner
                    .list_with_delimiter(folder.as_ref())
                    .await
                    .unwrap();
                folders.extend(found.common_prefixes.into_iter().map(Some));
                for object in found.objects {
                    let bytes = self.inner.get(&object.location).await.unwrap();
                    let bytes = bytes.bytes().await.unwrap();
                    let plain = zstd::decode_all(&*bytes).unwrap();
                    objects.insert(object.location.to_string(), plain);
                }
            }
            objects
        })
    }
}

impl fmt::Display for Fateful {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fateful")
    }
}

fn failed(fate: Fate) -> Error {
    let path = "key".to_owned();
    let source = format!("{fate:?}").into();
    match fate {
        Fate::Forbidden => Error::PermissionDenied { path, source },
        Fate::NoBucket => Error::NotFound { path, source },
        _ => Error::Generic {
            store: "Fateful",
            source,
        },
    }
}

#[async_trait]
impl ObjectStore for Fateful {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        opts: PutOptions,
    ) -> object_store::Result<PutResult> {
        match self.next() {
            Fate::Well => self.inner.put_opts(location, payload, opts).await,
            Fate::Halved => {
                let bytes = payload.iter().flat_map(|part| part.iter().copied());
                let half = bytes.take(payload.content_length() / 2).collect::<Vec<_>>();
                self.inner.put_opts(location, half.into(), opts).await
            }
            Fate::Unanswered => {
                self.inner.put_opts(location, payload, opts).await?;
                Err(failed(Fate::Unanswered))
            }
            fate => Err(failed(fate)),
        }
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        opts: PutMultipartOptions,
    ) -> object_store::Result<Box<dyn MultipartUpload>> {
        match self.next() {
            Fate::Well => self.inner.put_multipart_opts(location, opts).await,
            fate => Err(failed(fate)),
        }
    }

    async fn get_opts(&self, location: &Path, opts: GetOptions) -> object_store::Result<GetResult> {
        match self.next() {
            Fate::Well => self.inner.get_opts(location, opts).await,
            fate => Err(failed(fate)),
        }
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, object_store::Result<Path>>,
    ) -> BoxStream<'static, object_store::Result<Path>> {
        self.inner.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, object_store::Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> object_store::Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(
        &self,
        from: &Path,
        to: &Path,
        options: CopyOptions,
    ) -> object_store::Result<()> {
        self.inner.copy_opts(from, to, options).await
    }
}

/// A clock that stands until it is waited for.
struct Jumping {
    start: Instant,
    waited: Mutex<Duration>,
}

impl Clock for Jumping {
    fn now(&self) -> DateTime<Utc> {
        "2025-05-04T17:30:00Z".parse().unwrap()
    }

    fn instant(&self) -> Instant {
        self.start + *self.waited.lock().unwrap()
    }

    fn wait(&self, stop: &Stop, time: Duration) -> bool {
        *self.waited.lock().unwrap() += time + Duration::from_secs(1);
        stop.is_asked()
    }
}

const MANIFEST: &str = r#"{
    "format_version": 1, "interval": "1h", "timezone": "UTC", "timestamp_format": "%H:%M:%S",
    "streams": [
        {"name": "app", "file": "app.log", "format": "text", "mirror": []},
        {"name": "orders", "file": "orders.log", "format": "json", "mirror": []}
    ]
}"#;

struct Case {
    dir: tempfile::TempDir,
    store: Fateful,
    format: ObjectFormat,
    metrics: Arc<ObjectMetrics>,
    notices: Mutex<Vec<Notice>>,
}

impl Case {
    fn new(fate: fn(u64) -> Fate) -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(".chronologix.json"), MANIFEST).unwrap();
        Self {
            dir,
            store: Fateful::new(fate),
            format: ObjectFormat::Lines,
            metrics: Arc::default(),
            notices: Mutex::default(),
        }
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn ship(&self, patience: Option<Duration>) -> Result<ShippedFolders, ShipError> {
        let clock = Jumping {
            start: Instant::now(),
            waited: Mutex::default(),
        };
        let stop = Stop::default();
        let report = |notice: &Notice| self.notices.lock().unwrap().push(notice.clone());
        let parts = ShipperParts {
            store: Store::new(Box::new(self.store.clone()), "memory://x/logs", "logs"),
            format: self.format,
            tree: self.dir.path(),
            app: "billing",
            host: "web-3",
            clock: &clock,
            stop: &stop,
            metrics: Arc::clone(&self.metrics),
            report: &report,
            patience,
        };
        FolderShipper::new(parts)?.run(true)
    }

    fn mark(&self, folder: &str) -> ShippedMark {
        let path = ShippedMark::path_of(Folder::parse(folder).unwrap());
        let text = fs::read_to_string(self.dir.path().join(path)).unwrap();
        ShippedMark::from_json(&text).unwrap()
    }

    fn remove(&self, name: &str) {
        fs::remove_file(self.dir.path().join(name)).unwrap();
    }

    fn has_mark(&self, folder: &str) -> bool {
        let folder = Folder::parse(folder).unwrap();
        self.dir.path().join(ShippedMark::path_of(folder)).exists()
    }
}

fn key(rest: &str) -> String {
    format!("logs/app=billing/host=web-3/{rest}")
}

const LINES: &[u8] = b"[14:00:00] one\n[14:00:01] two\n";
const ORDERS: &[u8] = b"{\"message\":\"one\"}\n";

#[test]
fn closed_folders_become_objects_that_equal_their_files() {
    let case = Case::new(|_| Fate::Well);
    case.write("2025-05-04__14-00/app.log", LINES);
    case.write("2025-05-04__14-00/app.1.log", b"[14:30:00] three\n");
    case.write("2025-05-04__14-00/orders.log", ORDERS);
    case.write("2025-05-04__14-00/others.txt", b"no log");
    case.write("2025-05-04__15-00/app.log", b"");
    // It is open still.
    case.write("2025-05-04__17-00/app.log", LINES);
    let shipped = case.ship(None).unwrap();
    assert_eq!((shipped.folders, shipped.objects), (1, 3));
    let place = "dt=2025-05-04/hour=14/14-00";
    let expected = [
        (key(&format!("stream=app/{place}.log.zst")), LINES),
        (
            key(&format!("stream=app/{place}.1.log.zst")),
            b"[14:30:00] three\n",
        ),
        (key(&format!("stream=orders/{place}.jsonl.zst")), ORDERS),
    ];
    let expected = expected.map(|(key, bytes)| (key, bytes.to_vec()));
    assert_eq!(case.store.objects(), expected.into());
    assert!(case.has_mark("2025-05-04__14-00"));
    // There is nothing left to do.
    assert_eq!(case.ship(None).unwrap(), ShippedFolders::default());
}

#[test]
fn files_that_retention_compressed_or_packed_are_the_same_objects() {
    let case = Case::new(|_| Fate::Well);
    let mut tar = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(LINES.len() as u64);
    header.set_mode(0o600);
    tar.append_data(&mut header, "2025-05-04__12-00/app.log", LINES)
        .unwrap();
    let tar = zstd::encode_all(&*tar.into_inner().unwrap(), 9).unwrap();
    let zst = zstd::encode_all(LINES, 19).unwrap();
    case.write("2025-05-04__12-00.tar.zst", &tar);
    case.write("2025-05-04__13-00/app.log.zst", &zst);
    // Retention was killed before it removed what it had compressed.
    case.write("2025-05-04__14-00/app.log", LINES);
    case.write("2025-05-04__14-00/app.log.zst", &zst);
    // Late records came after it had.
    case.write("2025-05-04__15-00/app.log", b"[15:59:59] late\n");
    case.write("2025-05-04__15-00/app.log.zst", &zst);
    case.ship(None).unwrap();
    let objects = case.store.objects();
    let of = |hour: u32| {
        let place = format!("stream=app/dt=2025-05-04/hour={hour}/{hour}-00.log.zst");
        String::from_utf8(objects[&key(&place)].clone()).unwrap()
    };
    let lines = String::from_utf8(LINES.to_vec()).unwrap();
    assert_eq!([of(12), of(13), of(14)], [&*lines, &lines, &lines]);
    assert_eq!(of(15), format!("{lines}[15:59:59] late\n"));
    assert_eq!(case.ship(None).unwrap(), ShippedFolders::default());
}

#[test]
fn half_of_the_requests_fail_and_every_object_is_whole() {
    let fate = |request: u64| {
        let fates = [
            Fate::Well,
            Fate::Lost,
            Fate::Well,
            Fate::Unanswered,
            Fate::Halved,
        ];
        let mixed = (request + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        fates[usize::try_from(mixed % 5).unwrap()]
    };
    let case = Case::new(fate);
    let lines = |hour: u32| format!("[{hour}:00:00] line\n").repeat(10_000);
    for hour in 2..16 {
        case.write(
            &format!("2025-05-04__{hour:02}-00/app.log"),
            lines(hour).as_bytes(),
        );
        case.write(&format!("2025-05-04__{hour:02}-00/orders.log"), ORDERS);
    }
    let shipped = case.ship(None).unwrap();
    assert_eq!((shipped.folders, shipped.objects), (14, 28));
    let objects = case.store.objects();
    assert_eq!(objects.len(), 28);
    for hour in 2..16 {
        let place = format!("dt=2025-05-04/hour={hour:02}/{hour:02}-00");
        let app = &objects[&key(&format!("stream=app/{place}.log.zst"))];
        assert!(*app == lines(hour).into_bytes(), "{hour}");
        assert_eq!(
            objects[&key(&format!("stream=orders/{place}.jsonl.zst"))],
            ORDERS
        );
    }
}

#[test]
fn large_files_are_put_together_from_parts() {
    let fate = |request: u64| match request % 3 {
        0 => Fate::Lost,
        _ => Fate::Well,
    };
    let case = Case::new(fate);
    // It does not compress.
    let mut state = 1_u64;
    let noise = std::iter::repeat_with(|| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33).to_le_bytes()
    });
    let noise = noise.take(5 << 20).flatten().collect::<Vec<u8>>();
    case.write("2025-05-04__14-00/app.log", &noise);
    assert!(case.ship(None).unwrap().bytes > 8 << 20);
    let objects = case.store.objects();
    assert!(objects.values().next().unwrap() == &noise);
}

#[test]
fn a_file_that_grew_after_it_was_shipped_is_shipped_again() {
    let case = Case::new(|_| Fate::Well);
    case.write("2025-05-04__14-00/app.log", LINES);
    case.ship(None).unwrap();
    let more = [LINES, b"[14:59:59] late\n"].concat();
    case.write("2025-05-04__14-00/app.log", &more);
    assert_eq!(case.ship(None).unwrap().objects, 1);
    assert_eq!(
        case.store.objects().into_values().collect::<Vec<_>>(),
        [more]
    );
}

#[test]
fn what_cannot_work_is_one_error_and_nothing_is_marked() {
    for (fate, hint) in [
        (
            (|_| Fate::Forbidden) as fn(u64) -> Fate,
            "may these credentials",
        ),
        (|_| Fate::NoBucket, "does the bucket exist?"),
    ] {
        let case = Case::new(fate);
        case.write("2025-05-04__14-00/app.log", LINES);
        case.write("2025-05-04__15-00/app.log", LINES);
        let error = case.ship(None).unwrap_err();
        assert!(error.to_string().contains(hint), "{error}");
        assert_eq!(error.exit_code(), 1);
        assert_eq!(case.store.requests.load(Relaxed), 1);
        assert!(!case.has_mark("2025-05-04__14-00"));
        assert!(case.notices.lock().unwrap().is_empty());
    }
}

#[test]
fn a_store_that_is_away_is_reported_once_and_given_up_if_asked_to() {
    let case = Case::new(|_| Fate::Lost);
    case.write("2025-05-04__14-00/app.log", LINES);
    let error = case.ship(Some(Duration::from_secs(60))).unwrap_err();
    assert!(error.to_string().contains("Lost"), "{error}");
    assert_eq!(case.notices.lock().unwrap().len(), 1);
    assert!(!case.has_mark("2025-05-04__14-00"));
    // It comes back.
    let case = Case::new(|request| if request < 50 { Fate::Lost } else { Fate::Well });
    case.write("2025-05-04__14-00/app.log", LINES);
    case.ship(None).unwrap();
    let notices = case.notices.lock().unwrap();
    assert!(
        matches!(&notices[..], [Notice::Away { .. }, Notice::Back { .. }]),
        "{notices:?}"
    );
}

#[test]
fn a_file_that_cannot_be_read_keeps_no_other_folder_from_the_store() {
    for damaged in ["2025-05-04__13-00/app.log.zst", "2025-05-04__13-00.tar.zst"] {
        let case = Case::new(|_| Fate::Well);
        case.write(damaged, b"\x28\xb5\x2f\xfd damaged");
        case.write("2025-05-04__14-00/app.log", LINES);
        let error = case.ship(None).unwrap_err().to_string();
        let named = damaged.strip_suffix(".zst").unwrap();
        assert!(error.contains(named), "{error}");
        assert!(!case.has_mark("2025-05-04__13-00") && case.has_mark("2025-05-04__14-00"));
    }
}

#[test]
fn marks_of_folders_that_are_gone_go_too() {
    let case = Case::new(|_| Fate::Well);
    case.write("2025-05-04__14-00/app.log", LINES);
    case.ship(None).unwrap();
    fs::remove_dir_all(case.dir.path().join("2025-05-04__14-00")).unwrap();
    case.ship(None).unwrap();
    assert!(!case.has_mark("2025-05-04__14-00"));
}
