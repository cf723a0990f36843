//! How replicas share what they all see.

use hongbao_ports::Ids;

/// Takes at most `limit` neighbours from a random place among the candidates.
///
/// All replicas see the same candidates, the longest overdue first. A replica that begins at the front does the others'
/// work again; one that takes a small window somewhere and looks again seldom meets another.
pub(crate) fn random_window<T>(mut candidates: Vec<T>, limit: usize, ids: &dyn Ids) -> Vec<T> {
    // The bits of a fresh id, which is thrown away.
    let place = |count| usize::try_from(ids.command().to_u128() % count).ok();
    let count = u128::try_from(candidates.len()).ok().filter(|count| *count > 0);
    if let Some(start) = count.and_then(place) {
        candidates.rotate_left(start);
    }
    candidates.truncate(limit);
    candidates
}

#[cfg(test)]
mod tests {
    use hongbao_testkit::SeqIds;

    use super::*;

    #[test]
    fn a_window_begins_somewhere_and_goes_on_at_the_front() {
        let ids = SeqIds::default();
        let windows: Vec<Vec<u8>> = (0..5).map(|_| random_window(vec![0, 1, 2, 3, 4], 3, &ids)).collect();

        for start in 0..5 {
            let neighbours = vec![start, (start + 1) % 5, (start + 2) % 5];
            assert!(windows.contains(&neighbours), "{neighbours:?} is not in {windows:?}");
        }
    }

    #[test]
    fn few_candidates_are_all_taken_and_none_are_none() {
        let ids = SeqIds::default();
        let mut all = random_window(vec![1, 2, 3], 9, &ids);
        all.sort_unstable();
        assert_eq!(all, [1, 2, 3]);
        assert!(random_window(Vec::<u8>::new(), 9, &ids).is_empty());
    }
}
