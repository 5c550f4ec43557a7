//! A gap buffer against a `Vec`.

use proptest::prelude::*;

use super::*;

#[derive(Clone, Debug)]
enum Step {
    Insert(usize, u32),
    Push(u32),
    PushFront(u32),
    PopFront,
    PopBack,
    Remove(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..40_usize, 0..100_u32).prop_map(|(at, item)| Step::Insert(at, item)),
        4 => (0..100_u32).prop_map(Step::Push),
        1 => (0..100_u32).prop_map(Step::PushFront),
        1 => Just(Step::PopFront),
        1 => Just(Step::PopBack),
        2 => (0..40_usize).prop_map(Step::Remove),
    ];
    proptest::collection::vec(step, 0..60)
}

fn contents(gap_buffer: &GapBuffer<u32>) -> Vec<u32> {
    (0..)
        .map_while(|index| gap_buffer.get(index).copied())
        .collect()
}

proptest! {
    #[test]
    fn it_holds_what_a_plain_sequence_holds(steps in steps()) {
        let (mut gap_buffer, mut plain) = (GapBuffer::new(), Vec::new());
        for step in steps {
            match step {
                Step::Insert(at, item) => {
                    let at = at.min(plain.len());
                    gap_buffer.insert(at, item);
                    plain.insert(at, item);
                }
                Step::Push(item) => {
                    let at = plain.len();
                    gap_buffer.insert(at, item);
                    plain.push(item);
                }
                Step::PushFront(item) => {
                    gap_buffer.push_front(item);
                    plain.insert(0, item);
                }
                Step::PopFront => {
                    let first = (!plain.is_empty()).then(|| plain.remove(0));
                    prop_assert_eq!(gap_buffer.pop_front(), first);
                }
                Step::PopBack => prop_assert_eq!(gap_buffer.pop_back(), plain.pop()),
                Step::Remove(at) => {
                    let removed = (at < plain.len()).then(|| plain.remove(at));
                    prop_assert_eq!(gap_buffer.remove(at), removed);
                }
            }
            prop_assert_eq!(contents(&gap_buffer), plain.clone());
            prop_assert_eq!(gap_buffer.len(), plain.len());
            prop_assert_eq!(gap_buffer.back(), plain.last());
            let last = plain.len().saturating_sub(1);
            if let Some(item) = gap_buffer.get_mut(last) {
                *item += 1;
                plain[last] += 1;
            }
        }
    }

    #[test]
    fn what_is_in_order_is_found(mut items in proptest::collection::vec(0..50_u32, 0..40), gap in 0..40_usize, wanted in 0..50_u32) {
        items.sort_unstable();
        let mut gap_buffer = GapBuffer::new();
        for (index, item) in items.iter().enumerate() {
            gap_buffer.insert(index, *item);
        }
        gap_buffer.move_gap(gap);
        let point = items.partition_point(|item| *item < wanted);
        prop_assert_eq!(gap_buffer.partition_point(|item| *item < wanted), point);
        let found = items.contains(&wanted).then_some(point);
        prop_assert_eq!(gap_buffer.position(|item| item.cmp(&wanted)), found);
    }
}
