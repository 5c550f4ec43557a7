//! What a mark says of files that are compressed, packed and added to between two looks.

use super::*;

const FOLDER: &str = "2025-05-04__14-00";
const PLAIN: &str = "2025-05-04__14-00/app.log";
const COMPRESSED: &str = "2025-05-04__14-00/app.log.zst";
const LATE: &[u8] = b"[14:59:59] late\n";

fn zst(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 19).unwrap()
}

/// Returns a mark with a file of so many bytes, and what stood on disk.
fn marked(bytes: usize, stood: &[(&str, usize)]) -> ShippedMark {
    let stood = stood
        .iter()
        .map(|(name, bytes)| ((*name).to_owned(), *bytes as u64));
    ShippedMark {
        files: [("app.log".to_owned(), bytes as u64)].into(),
        stood: stood.collect(),
    }
}

#[test]
fn compression_after_shipping_is_marked_and_uploads_nothing() {
    let case = Case::new(|_| Fate::Well);
    case.write(PLAIN, LINES);
    assert_eq!(case.ship(None).unwrap().objects, 1);
    let length = LINES.len();
    assert_eq!(case.mark(FOLDER), marked(length, &[("app.log", length)]));
    // Retention was killed before it removed what it had compressed.
    case.write(COMPRESSED, &zst(LINES));
    let zst_length = zst(LINES).len();
    let both = [("app.log", length), ("app.log.zst", zst_length)];
    assert_eq!(case.ship(None).unwrap(), ShippedFolders::default());
    assert_eq!(case.mark(FOLDER), marked(length, &both));
    case.remove(PLAIN);
    assert_eq!(case.ship(None).unwrap(), ShippedFolders::default());
    assert_eq!(case.mark(FOLDER).stood["app.log.zst"], zst_length as u64);
}

#[test]
fn records_that_were_added_before_compression_are_shipped_after_it() {
    let case = Case::new(|_| Fate::Well);
    case.write(PLAIN, LINES);
    case.write("2025-05-04__14-00/orders.log", ORDERS);
    assert_eq!(case.ship(None).unwrap().objects, 2);
    // No shipper runs meanwhile.
    let all = [LINES, LATE].concat();
    case.write(COMPRESSED, &zst(&all));
    case.remove(PLAIN);
    // The other file is as it was.
    assert_eq!(case.ship(None).unwrap().objects, 1);
    let key = key("stream=app/dt=2025-05-04/hour=14/14-00.log.zst");
    assert_eq!(case.store.objects()[&key], all);
    assert_eq!(case.mark(FOLDER).files["app.log"], all.len() as u64);
}

#[test]
fn a_late_file_is_marked_with_what_it_stands_beside() {
    let case = Case::new(|_| Fate::Well);
    case.write(COMPRESSED, &zst(LINES));
    case.write(PLAIN, LATE);
    assert_eq!(case.ship(None).unwrap().objects, 1);
    let stood = [("app.log.zst", zst(LINES).len()), ("app.log", LATE.len())];
    let length = LINES.len() + LATE.len();
    assert_eq!(case.mark(FOLDER), marked(length, &stood));
    assert_eq!(case.ship(None).unwrap(), ShippedFolders::default());
    case.write(PLAIN, &[LATE, LATE].concat());
    assert_eq!(case.ship(None).unwrap().objects, 1);
    let key = key("stream=app/dt=2025-05-04/hour=14/14-00.log.zst");
    assert_eq!(case.store.objects()[&key], [LINES, LATE, LATE].concat());
}

#[test]
fn an_original_that_goes_on_beside_its_compressed_file_is_shipped_once() {
    let case = Case::new(|_| Fate::Well);
    // Retention was killed before it removed what it had compressed, and late records came.
    let all = [LINES, LATE].concat();
    case.write(COMPRESSED, &zst(LINES));
    case.write(PLAIN, &all);
    assert_eq!(case.ship(None).unwrap().objects, 1);
    let key = key("stream=app/dt=2025-05-04/hour=14/14-00.log.zst");
    assert_eq!(case.store.objects()[&key], all);
    let stood = [("app.log.zst", zst(LINES).len()), ("app.log", all.len())];
    assert_eq!(case.mark(FOLDER), marked(all.len(), &stood));
    assert_eq!(case.ship(None).unwrap(), ShippedFolders::default());
}

#[test]
fn files_that_were_compressed_before_their_folder_was_packed_are_shipped() {
    // The setting was changed from `zst` to `tar.zst`, before the folder was shipped.
    let case = Case::new(|_| Fate::Well);
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in [
        ("app.log", LATE),
        ("app.log.zst", &zst(LINES)),
        ("orders.log.zst", &zst(ORDERS)),
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        tar.append_data(&mut header, format!("{FOLDER}/{name}"), bytes)
            .unwrap();
    }
    let archive = zst(&tar.into_inner().unwrap());
    case.write("2025-05-04__14-00.tar.zst", &archive);
    assert_eq!(case.ship(None).unwrap().objects, 2);
    let place = "dt=2025-05-04/hour=14/14-00";
    let objects = case.store.objects();
    let app = &objects[&key(&format!("stream=app/{place}.log.zst"))];
    assert_eq!(*app, [LINES, LATE].concat());
    let orders = &objects[&key(&format!("stream=orders/{place}.jsonl.zst"))];
    assert_eq!(*orders, ORDERS);
    assert_eq!(case.mark(FOLDER).files["orders.log"], ORDERS.len() as u64);
    assert_eq!(case.ship(None).unwrap(), ShippedFolders::default());
}

#[test]
fn what_is_marked_as_it_stands_is_not_opened() {
    let case = Case::new(|_| Fate::Well);
    case.write(COMPRESSED, &zst(LINES));
    case.write(PLAIN, LATE);
    case.ship(None).unwrap();
    // Of the same size, and no zstd.
    case.write(COMPRESSED, &vec![0; zst(LINES).len()]);
    assert_eq!(case.ship(None).unwrap(), ShippedFolders::default());
}
