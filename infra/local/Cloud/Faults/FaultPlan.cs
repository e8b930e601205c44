using System.Text.RegularExpressions;

namespace Launchpad.Local.Faults;

/// <summary>What happens to one call instead of, or around, what it asked for.</summary>
public enum FaultKind
{
    None,

    /// <summary>503 without any effect.</summary>
    FailBefore,

    /// <summary>The effect happens, the answer is 500.</summary>
    FailAfter,

    /// <summary>The effect happens, no answer comes.</summary>
    Timeout,

    /// <summary>The effect happens twice, as when a network delivers a request again.</summary>
    Duplicate,

    /// <summary>429 with Retry-After, without any effect.</summary>
    Throttle,

    /// <summary>The call waits, then goes on as usual.</summary>
    Delay,
}

/// <summary>One rule: which calls it takes, how many of them it lets pass first, how many it then hits (all when null), with what
/// probability.</summary>
public sealed record FaultRule(
    string Service, FaultKind Fault, string? Method = null, string? Path = null, int Skip = 0, int? Count = null,
    double RetryAfterSeconds = 1, int DelayMs = 0, double Probability = 1);

/// <summary>The verdict on one call.</summary>
public readonly record struct Fault(FaultKind Kind, TimeSpan Delay, TimeSpan RetryAfter)
{
    public static Fault None => default;
}

/// <summary>One call that was seen, and what was done to it.</summary>
public sealed record SeenCall(string Service, string Method, string Path, FaultKind Fault);

/// <summary>How often a rule was met and how often it struck.</summary>
public sealed record RuleHits(FaultRule Rule, int Met, int Hits);

/// <summary>Decides which calls to the pocket cloud go wrong. The same plan and the same order of calls give the same faults.</summary>
public sealed class FaultPlan
{
    /// <summary>The oldest calls are forgotten beyond this.</summary>
    public const int CallsMax = 20_000;

    private readonly Lock _deciding = new();
    private readonly Queue<SeenCall> _calls = new();
    private CountedRule[] _rules = [];
    private long _forgotten;

    /// <summary>Replaces all rules and starts a new log. A path that is no regular expression is an <see
    /// cref="ArgumentException"/>.</summary>
    public void Set(int seed, IEnumerable<FaultRule> rules)
    {
        var counted = rules.Select((rule, index) => new CountedRule(rule, HashCode(seed, index))).ToArray();
        lock (_deciding)
        {
            _rules = counted;
            _calls.Clear();
            _forgotten = 0;
        }
    }

    public void Clear() => Set(0, []);

    public ValueTask<Fault> DecideAsync(string service, string method, string path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_deciding)
        {
            // The first rule that strikes decides; those before it have counted the call, those after it have not met it.
            var rule = _rules.FirstOrDefault(rule => rule.Matches(service, method, path) && rule.Strikes())?.Rule;
            Remember(new SeenCall(service, method, path, rule?.Fault ?? FaultKind.None));
            return ValueTask.FromResult(rule is null
                ? Fault.None
                : new Fault(rule.Fault, TimeSpan.FromMilliseconds(rule.DelayMs), TimeSpan.FromSeconds(rule.RetryAfterSeconds)));
        }
    }

    public (IReadOnlyList<RuleHits> Rules, IReadOnlyList<SeenCall> Calls, long Forgotten) Report()
    {
        lock (_deciding)
        {
            return ([.. _rules.Select(rule => new RuleHits(rule.Rule, rule.Met, rule.Hits))], [.. _calls], _forgotten);
        }
    }

    private void Remember(SeenCall call)
    {
        if (_calls.Count == CallsMax)
        {
            _calls.Dequeue();
            _forgotten++;
        }

        _calls.Enqueue(call);
    }

    // string.GetHashCode and System.HashCode differ from run to run; a plan must not.
    private static uint HashCode(int seed, int index) => ((uint)seed * 2654435761u) ^ ((uint)index * 40503u);

    private sealed class CountedRule(FaultRule rule, uint seed)
    {
        private readonly Regex? _path = rule.Path is null
            ? null
            : new Regex(rule.Path, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

        public FaultRule Rule { get; } = rule;
        public int Met { get; private set; }
        public int Hits { get; private set; }

        public bool Matches(string service, string method, string path) =>
            Rule.Service == service
            && (Rule.Method is null || Rule.Method.Equals(method, StringComparison.OrdinalIgnoreCase))
            && (_path is null || _path.IsMatch(path));

        public bool Strikes()
        {
            Met++;
            if (Met <= Rule.Skip || Hits >= (Rule.Count ?? int.MaxValue) || Chance(Met) >= Rule.Probability)
            {
                return false;
            }

            Hits++;
            return true;
        }

        // The n-th draw does not depend on what other rules drew: splitmix64's finalizer over seed and n.
        private double Chance(int n)
        {
            var bits = ((ulong)seed << 32 | (uint)n) + 0x9E3779B97F4A7C15;
            bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
            bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
            return (double)((bits ^ (bits >> 31)) >> 11) / (1UL << 53);
        }
    }
}
