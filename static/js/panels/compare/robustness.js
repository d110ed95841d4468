// Computes how strongly a drawing can be perturbed before a network changes its prediction.

// For each column of the summary: the kinds of perturbation that it combines.
export const GROUPS = {
  moved: ["right", "left", "up", "down", "right-up", "left-up", "right-down", "left-down"],
  turned: ["turned-right", "turned-left"],
  smaller: ["smaller"],
  larger: ["larger"],
  thicker: ["thicker"],
  thinner: ["thinner"],
  blurred: ["blurred"],
  noisy: ["noisy"],
};

// Returns a Map from each kind to its perturbations, from weak to strong.
export function groupByKind(variations) {
  const kinds = new Map();
  for (const each of variations) kinds.set(each.kind, [...(kinds.get(each.kind) ?? []), each]);
  return kinds;
}

// Summarizes one network, given by its index. Returns
//   digit: its prediction for the unperturbed drawing
//   kept, total: the number of perturbed drawings with the same prediction, and of all
//   limits: for each group { amount, keptAll }. `amount` is the largest one before the prediction changes in any kind
//     of the group, null if the smallest one changes it. `keptAll` is true if it never changes.
export function robustness({ readings, variations }, network) {
  const { digit } = readings[network];
  const keeps = (each) => each.readings[network].digit === digit;
  const kinds = groupByKind(variations);
  const limits = Object.entries(GROUPS).flatMap(([group, names]) => {
    const series = names.filter((name) => kinds.has(name)).map((name) => kinds.get(name));
    if (series.length === 0) return [];
    const keptSteps = series.map((each) => {
      const firstChange = each.findIndex((variation) => !keeps(variation));
      return firstChange < 0 ? each.length : firstChange;
    });
    const steps = Math.min(...keptSteps);
    const weakest = series[keptSteps.indexOf(steps)];
    return [[group, { amount: weakest[steps - 1]?.amount ?? null, keptAll: steps === weakest.length }]];
  });
  return { digit, kept: variations.filter(keeps).length, total: variations.length, limits: Object.fromEntries(limits) };
}

// Returns an amount with two decimals for quarters, else with one.
export function formatAmount(amount) {
  return String(Number(amount.toFixed(Number.isInteger(amount * 4) ? 2 : 1)));
}
