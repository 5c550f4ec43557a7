//! The order of folders.

use super::*;

#[test]
fn folders_near_the_place_come_first() {
    let folders: Vec<Folder> = (10..15)
        .map(|hour| Folder::parse(&format!("2025-05-04__{hour}-00")).unwrap())
        .collect();
    let hours = |near| -> Vec<String> {
        let order = by_distance(&folders, near);
        order
            .iter()
            .map(|folder| folder.name()[12..14].to_owned())
            .collect()
    };
    assert_eq!(hours(Place::End), ["14", "13", "12", "11", "10"]);
    assert_eq!(hours(Place::Beginning), ["10", "11", "12", "13", "14"]);
    let row = Key::first_of(folders[2]);
    assert_eq!(hours(Place::Row(row)), ["12", "11", "13", "10", "14"]);
    let time = "2025-05-04T11:30:00Z".parse().unwrap();
    assert_eq!(hours(Place::Time(time)), ["12", "11", "13", "10", "14"]);
}
