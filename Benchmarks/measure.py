"""One way of measuring two sides: raw samples of both, taken in turn in the same run, summed up by the same function."""
import math

PERCENTILES = (50, 95, 99)


class NotSamples(ValueError):
    """What a side handed over is not what it was asked for."""


def percentile(values, q):
    """The nearest rank: the smallest value that q % of all do not exceed. The median is that of 50."""
    if not values or not 0 < q <= 100:
        raise NotSamples(f"no {q}th percentile of {len(values)} values")
    return sorted(values)[math.ceil(q * len(values) / 100) - 1]


class Samples:
    """What one side measured, round by round."""

    def __init__(self, name):
        self.name = name
        self.rounds = []

    def add(self, values, expected, warm=0):
        """The samples of a round in the order in which they were taken, without the first ones, which warm up.

        A side that hands over other than as many as it was asked for (its own percentiles, say) is refused.
        """
        if len(values) != expected + warm:
            raise NotSamples(f"{self.name}: {len(values)} values instead of {expected + warm} samples")
        for value in values:
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value) or value < 0:
                raise NotSamples(f"{self.name}: {value!r} is no sample")
        self.rounds.append([float(value) for value in values[warm:]])

    def figure(self, q=50):
        """The percentile of the samples of all rounds."""
        return percentile([value for samples in self.rounds for value in samples], q)


class Comparison:
    """Ours and a comparator."""

    def __init__(self, ours, theirs):
        self.ours, self.theirs = Samples(ours), Samples(theirs)

    def run(self, measure_ours, measure_theirs, rounds, expected, warm=0):
        """Lets both measure in turn, each first in every other round, so that a slow moment of the machine belongs to neither."""
        sides = [(self.ours, measure_ours), (self.theirs, measure_theirs)]
        for number in range(rounds):
            for samples, measure in sides if number % 2 else reversed(sides):
                samples.add(measure(), expected, warm)
        return self

    def ratio(self, q=50):
        """Ours over theirs, with the least and the most that single rounds say."""
        if [len(samples) for samples in self.ours.rounds] != [len(samples) for samples in self.theirs.rounds]:
            raise NotSamples(f"{self.ours.name} and {self.theirs.name} were not measured equally often")
        each = [percentile(ours, q) / percentile(theirs, q) for ours, theirs in zip(self.ours.rounds, self.theirs.rounds)]
        return self.ours.figure(q) / self.theirs.figure(q), min(each), max(each)
