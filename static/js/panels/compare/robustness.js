// The arithmetic of the comparison: variations kind by kind, and how far each network keeps its reading.

// What the columns of the summary gather: in all these kinds a network must keep its reading.
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

// The variations of each kind, from small to large → Map of name → variations
export function byKind(variations) {
  const kinds = new Map();
  for (const each of variations) kinds.set(each.kind, [...(kinds.get(each.kind) ?? []), each]);
  return kinds;
}

// Of a network (its place among the models): what it reads, in how many (`kept`) of all variations (`many`) it still
// does, and how far it holds in each group: the last amount before it changes its mind in any of the group's kinds, null
// where it does so at once; `whole` says that it held to the end.
export function summary({ readings, variations }, network) {
  const { digit } = readings[network];
  const keeps = (each) => each.readings[network].digit === digit;
  const kinds = byKind(variations);
  const limits = Object.entries(GROUPS).flatMap(([group, names]) => {
    const films = names.filter((name) => kinds.has(name)).map((name) => kinds.get(name));
    if (films.length === 0) return [];
    const held = films.map((film) => {
      const broken = film.findIndex((each) => !keeps(each));
      return broken < 0 ? film.length : broken;
    });
    const steps = Math.min(...held);
    const film = films[held.indexOf(steps)];
    return [[group, { amount: film[steps - 1]?.amount ?? null, whole: steps === film.length }]];
  });
  return { digit, kept: variations.filter(keeps).length, many: variations.length, limits: Object.fromEntries(limits) };
}

// An amount as it is written: two decimals where they are quarters, one otherwise.
export function amountText(amount) {
  return String(Number(amount.toFixed(Number.isInteger(amount * 4) ? 2 : 1)));
}
