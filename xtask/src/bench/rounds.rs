//! Rounds: everything that is compared is measured in turns, so that what else the machine does befalls
//! all of it, and the median is what counts.

/// Measures each of so many in turns. Gives, of each, what was measured in all rounds.
pub(super) fn in_turns<T>(
    rounds: usize,
    count: usize,
    mut measure: impl FnMut(usize) -> Result<T, String>,
) -> Result<Vec<Vec<T>>, String> {
    let mut measured: Vec<Vec<T>> = (0..count).map(|_| Vec::with_capacity(rounds)).collect();
    for round in 1..=rounds {
        eprintln!("   round {round} of {rounds}");
        for (index, of_one) in measured.iter_mut().enumerate() {
            of_one.push(measure(index)?);
        }
    }
    Ok(measured)
}

/// The median of the ratios of rounds.
pub(super) fn ratio(those: &[f64], to: &[f64]) -> f64 {
    median(those.iter().zip(to).map(|(this, to)| this / to))
}

/// The middle of many, which the odd slow one does not move; NaN of nothing.
pub(super) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_measured_is_measured_in_turns() {
        let mut order = Vec::new();
        let measured = in_turns(3, 2, |index| {
            order.push(index);
            Ok(order.len())
        });
        assert_eq!(measured, Ok(vec![vec![1, 3, 5], vec![2, 4, 6]]));
        assert_eq!(order, [0, 1, 0, 1, 0, 1]);
    }

    #[test]
    fn ratios_are_those_of_rounds() {
        assert_eq!(ratio(&[2.0, 40.0, 9.0], &[1.0, 10.0, 3.0]), 3.0);
        assert!(median([]).is_nan());
    }
}
