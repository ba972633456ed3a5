//! The fewest steps that gain what is needed: a small integer programme, solved exactly.
//!
//! Steps that are alike in every respect are one class with a supply, so that a thousand lines that
//! serve one rule are one unknown. What is left has few unknowns; it is searched for by deepening the
//! number of steps, under bounds from below, and given up after so much work.

/// The most work of one search: what is looked at, times how often. Beyond it, a set that is small, and
/// perhaps not smallest, is taken.
const MAX_WORK: usize = 2_000_000;

/// What has to be gained, by constraint, and by what.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) needs: Vec<u128>,
    pub(super) classes: Vec<Class>,
}

/// Steps that are alike.
#[derive(Debug, Clone)]
pub(super) struct Class {
    /// What one of them gains for each constraint.
    pub(super) gains: Vec<u64>,
    /// How many there are.
    pub(super) supply: u64,
    /// What one of them costs: 1, or 0 for what only has to be waited for.
    pub(super) cost: u64,
}

/// How many of each class are taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Solution {
    pub(super) counts: Vec<u64>,
    pub(super) cost: u64,
    /// Whether none costs less.
    pub(super) exact: bool,
}

/// The cheapest solution; none where not even everything is enough.
pub(super) fn solve(problem: &Problem) -> Option<Solution> {
    let mut counts = vec![0; problem.classes.len()];
    let mut exact = true;
    for part in independent(problem) {
        let found = part.solve()?;
        exact &= found.exact;
        for (class, count) in part.classes.iter().zip(found.counts) {
            if let Some(entry) = counts.get_mut(class.0) {
                *entry = count;
            }
        }
    }
    let cost = problem.classes.iter().zip(&counts).map(|(class, count)| class.cost * count).sum();
    Some(Solution { counts, cost, exact })
}

/// Constraints that share steps, with these steps, which share nothing with any others.
struct Component<'a> {
    needs: Vec<u128>,
    /// The constraints' places in the problem.
    constraints: Vec<usize>,
    /// The classes with their places in the problem: what serves most comes first.
    classes: Vec<(usize, &'a Class)>,
}

fn independent(problem: &Problem) -> Vec<Component<'_>> {
    let mut group: Vec<usize> = (0..problem.needs.len()).collect();
    for class in &problem.classes {
        let mut served = (0..group.len()).filter(|&at| gain(class, at) > 0);
        let Some(first) = served.next().and_then(|at| group.get(at).copied()) else { continue };
        let others: Vec<usize> = served.filter_map(|at| group.get(at).copied()).collect();
        for entry in &mut group {
            if others.contains(entry) {
                *entry = first;
            }
        }
    }
    let mut names = group.clone();
    names.sort_unstable();
    names.dedup();
    let component = |name: usize| {
        let constraints: Vec<usize> =
            (0..group.len()).filter(|&at| group.get(at) == Some(&name)).collect();
        let needs = constraints.iter().filter_map(|&at| problem.needs.get(at).copied()).collect();
        let serves = |class: &Class| constraints.iter().filter(|&&at| gain(class, at) > 0).count();
        let total = |class: &Class| class.gains.iter().map(|&gain| u128::from(gain)).sum::<u128>();
        let mut classes: Vec<(usize, &Class)> =
            problem.classes.iter().enumerate().filter(|(_, class)| serves(class) > 0).collect();
        classes.sort_by_key(|(at, class)| {
            (std::cmp::Reverse((serves(class), total(class))), class.cost, *at)
        });
        Component { needs, constraints, classes }
    };
    names.into_iter().map(component).collect()
}

fn gain(class: &Class, constraint: usize) -> u64 {
    class.gains.get(constraint).copied().unwrap_or_default()
}

/// What is left to be gained after so many steps that gain so much each.
fn left(need: u128, gain: u64, count: u64) -> u128 {
    need.saturating_sub(u128::from(gain) * u128::from(count))
}

impl Component<'_> {
    fn solve(&self) -> Option<Solution> {
        let least = self.bound(0, &self.needs)?;
        let greedy = self.greedy()?;
        // Of one constraint, the greatest gains first is the fewest steps.
        if self.needs.len() == 1 {
            return Some(Solution { exact: true, ..greedy });
        }
        // Greed takes what serves most; of ways as short, the one that asks least of it leaves most
        // to be chosen. So the search goes on to the very end.
        let mut path = Path::default();
        for most in least..=greedy.cost {
            match self.search(0, &self.needs, most, &mut path) {
                Search::Found => {
                    let Path { mut counts, .. } = path;
                    counts.resize(self.classes.len(), 0);
                    return Some(Solution { counts, cost: most, exact: true });
                }
                Search::Nothing => {}
                Search::GivenUp => {
                    return Some(Solution { exact: greedy.cost == most, ..greedy });
                }
            }
        }
        Some(Solution { exact: true, ..greedy })
    }

    /// What gains most for what is still needed, again and again.
    fn greedy(&self) -> Option<Solution> {
        let mut needs = self.needs.clone();
        let mut counts = vec![0_u64; self.classes.len()];
        while needs.iter().any(|&need| need > 0) {
            let value = |(at, class): (usize, &Class)| {
                let room = class.supply.saturating_sub(counts.get(at).copied().unwrap_or_default());
                let useful = self.useful(class, &needs).min(room);
                // Shares of what is needed, in millionths, so that constraints compare.
                let share = |(need, &place): (&u128, &usize)| {
                    let gain = u128::from(gain(class, place)).min(*need);
                    (gain * 1_000_000).checked_div(*need).unwrap_or_default()
                };
                let shares: u128 = needs.iter().zip(&self.constraints).map(share).sum();
                (useful > 0).then_some((
                    1 - class.cost.min(1),
                    shares,
                    std::cmp::Reverse(at),
                    useful,
                ))
            };
            let numbered = self.classes.iter().enumerate().map(|(at, (_, class))| (at, *class));
            let (_, _, std::cmp::Reverse(at), useful) = numbered.filter_map(value).max()?;
            let (_, class) = self.classes.get(at)?;
            // As many as serve in the same way.
            let same = needs.iter().zip(&self.constraints).filter_map(|(need, &place)| {
                let gain = gain(class, place);
                (gain > 0 && *need > 0).then(|| need.div_ceil(u128::from(gain)))
            });
            let count = u64::try_from(same.min()?).unwrap_or(u64::MAX).min(useful);
            for (need, &place) in needs.iter_mut().zip(&self.constraints) {
                *need = left(*need, gain(class, place), count);
            }
            if let Some(entry) = counts.get_mut(at) {
                *entry += count;
            }
        }
        let cost = self.classes.iter().zip(&counts).map(|((_, class), n)| class.cost * n).sum();
        Some(Solution { counts, cost, exact: false })
    }

    /// The most steps of a class that still gain something.
    fn useful(&self, class: &Class, needs: &[u128]) -> u64 {
        let most = needs.iter().zip(&self.constraints).map(|(need, &place)| {
            need.checked_div(u128::from(gain(class, place)))
                .map_or(0, |whole| whole + u128::from(need % u128::from(gain(class, place)) > 0))
        });
        let most = most.max().unwrap_or_default();
        u64::try_from(most).unwrap_or(u64::MAX).min(class.supply)
    }

    /// Whether what is needed can be had from the classes from `at` on for at most so much.
    fn search(&self, at: usize, needs: &[u128], most: u64, path: &mut Path) -> Search {
        if needs.iter().all(|&need| need == 0) {
            return Search::Found;
        }
        let Some((_, class)) = self.classes.get(at) else { return Search::Nothing };
        let useful = self.useful(class, needs);
        let affordable = most.checked_div(class.cost).unwrap_or(u64::MAX);
        for count in self.least(at, class, needs)..=useful.min(affordable) {
            let rest: Vec<u128> = needs
                .iter()
                .zip(&self.constraints)
                .map(|(need, &place)| left(*need, gain(class, place), count))
                .collect();
            let budget = most - class.cost * count;
            path.work += self.classes.len() * self.needs.len();
            if path.work > MAX_WORK {
                return Search::GivenUp;
            }
            if self.bound(at + 1, &rest).is_none_or(|bound| bound > budget) {
                continue;
            }
            path.counts.push(count);
            match self.search(at + 1, &rest, budget, path) {
                Search::Nothing => {}
                done @ (Search::Found | Search::GivenUp) => return done,
            }
            path.counts.pop();
        }
        Search::Nothing
    }

    /// How many of a class are needed at least, because those behind it have no more to give.
    fn least(&self, at: usize, class: &Class, needs: &[u128]) -> u64 {
        let of = |(need, &place): (&u128, &usize)| {
            let behind = self.classes.iter().skip(at + 1);
            let given = behind.fold(0_u128, |sum, (_, class)| {
                sum + u128::from(gain(class, place)) * u128::from(class.supply)
            });
            let missing = need.saturating_sub(given);
            match gain(class, place) {
                0 => 0,
                gain => missing.div_ceil(u128::from(gain)),
            }
        };
        let least = needs.iter().zip(&self.constraints).map(of).max().unwrap_or_default();
        u64::try_from(least).unwrap_or(u64::MAX)
    }

    /// What is needed costs at least so much, of the classes from `from` on; none where it cannot be
    /// had at all.
    fn bound(&self, from: usize, needs: &[u128]) -> Option<u64> {
        let mut alone = Vec::new();
        for (need, &place) in needs.iter().zip(&self.constraints) {
            alone.push((self.alone(from, *need, place)?, place));
        }
        alone.sort_unstable_by(|a, b| b.cmp(a));
        // Constraints that share no step cost what each costs by itself.
        let mut apart: Vec<usize> = Vec::new();
        let mut sum = 0_u64;
        for &(cost, place) in &alone {
            let meet = |&other: &usize| {
                let mut classes = self.classes.iter().skip(from);
                classes.any(|(_, class)| gain(class, place) > 0 && gain(class, other) > 0)
            };
            if !apart.iter().any(meet) {
                apart.push(place);
                sum = sum.saturating_add(cost);
            }
        }
        Some(sum)
    }

    /// What one constraint costs by itself.
    fn alone(&self, from: usize, need: u128, place: usize) -> Option<u64> {
        let mut gains: Vec<(u64, u64, u64)> = self
            .classes
            .iter()
            .skip(from)
            .map(|(_, class)| (class.cost, gain(class, place), class.supply))
            .filter(|(_, gain, _)| *gain > 0)
            .collect();
        gains.sort_unstable_by_key(|&(cost, gain, _)| (cost, std::cmp::Reverse(gain)));
        let (mut need, mut cost) = (need, 0_u64);
        for (each, gain, supply) in gains {
            if need == 0 {
                break;
            }
            let count =
                u64::try_from(need.div_ceil(u128::from(gain))).unwrap_or(u64::MAX).min(supply);
            need = left(need, gain, count);
            cost = cost.saturating_add(each.saturating_mul(count));
        }
        (need == 0).then_some(cost)
    }
}

/// Where a search is, and how much work it was so far.
#[derive(Default)]
struct Path {
    counts: Vec<u64>,
    work: usize,
}

/// How a search ended.
enum Search {
    Found,
    Nothing,
    GivenUp,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Every choice of counts, as an oracle that knows no trick.
    fn brute_force(problem: &Problem) -> Option<u64> {
        fn go(problem: &Problem, at: usize, needs: &[u128]) -> Option<u64> {
            if needs.iter().all(|&need| need == 0) {
                return Some(0);
            }
            let class = problem.classes.get(at)?;
            let each = (0..=class.supply.min(12)).filter_map(|count| {
                let needs: Vec<u128> = needs
                    .iter()
                    .zip(&class.gains)
                    .map(|(&need, &gain)| left(need, gain, count))
                    .collect();
                Some(go(problem, at + 1, &needs)? + class.cost * count)
            });
            each.min()
        }
        go(problem, 0, &problem.needs)
    }

    fn class(constraints: usize) -> impl Strategy<Value = Class> {
        (proptest::collection::vec(0_u64..4, constraints), 0_u64..5, 0_u64..8)
            .prop_map(|(gains, supply, free)| Class { gains, supply, cost: u64::from(free > 0) })
    }

    fn problem() -> impl Strategy<Value = Problem> {
        (1_usize..4).prop_flat_map(|constraints| {
            (
                proptest::collection::vec(0_u128..9, constraints),
                proptest::collection::vec(class(constraints), 0..6),
            )
                .prop_map(|(needs, classes)| Problem { needs, classes })
        })
    }

    proptest! {
        #[test]
        fn it_is_enough_and_nothing_less_is(problem in problem()) {
            let found = solve(&problem);
            prop_assert_eq!(found.as_ref().map(|found| found.cost), brute_force(&problem));
            let Some(found) = found else { return Ok(()) };
            prop_assert!(found.exact);
            for (place, &need) in problem.needs.iter().enumerate() {
                let gained: u128 = problem.classes.iter().zip(&found.counts)
                    .map(|(class, &count)| u128::from(class.gains[place]) * u128::from(count)).sum();
                prop_assert!(gained >= need);
            }
            for (class, &count) in problem.classes.iter().zip(&found.counts) {
                prop_assert!(count <= class.supply);
            }
        }
    }

    #[test]
    fn a_monorepo_with_nested_and_disjoint_scopes_is_solved_exactly() {
        // Of the project, of two disjoint folders in it, and of what changed in one of them.
        let class = |gains: [u64; 4], supply| Class { gains: gains.to_vec(), supply, cost: 1 };
        let problem = Problem {
            needs: vec![90_000, 40_000, 30_000, 700],
            classes: vec![
                class([1, 0, 0, 0], 500_000),
                class([1, 1, 0, 0], 200_000),
                class([1, 0, 1, 0], 100_000),
                class([1, 1, 0, 1], 1_100),
            ],
        };
        let found = solve(&problem).unwrap();
        assert_eq!((found.cost, found.exact), (90_000, true));
        // The least of what is scarce: the rest may be anything.
        assert_eq!(found.counts[3], 700);
    }

    #[test]
    fn what_cannot_be_searched_to_its_end_is_marked() {
        // Odd cycles of choices, a hundred of them: each step serves two constraints.
        let count = 101;
        let classes = (0..count).map(|at| {
            let mut gains = vec![0; count];
            gains[at] = 2;
            gains[(at + 1) % count] = 3;
            gains[(at * 7 + 3) % count] += 1;
            Class { gains, supply: 2, cost: 1 }
        });
        let problem = Problem { needs: vec![5; count], classes: classes.collect() };
        let found = solve(&problem).unwrap();
        assert!(!found.exact);
    }
}
