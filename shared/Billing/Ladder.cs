using System.Text.Json.Serialization;

namespace Launchpad.Shared.Billing;

/// <summary>Why a bot is on its way to be deleted.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LadderCause>))]
public enum LadderCause
{
    /// <summary>A renewal could not be charged, and the provider tries again.</summary>
    PaymentFailed,

    /// <summary>The subscription is over: it was cancelled, or every try failed.</summary>
    Ended,

    /// <summary>The payment is contested. What is suspended for that is not deleted.</summary>
    Disputed,
}

[JsonConverter(typeof(JsonStringEnumConverter<LadderStepKind>))]
public enum LadderStepKind
{
    Reminder,
    Suspended,
    FinalBackup,
    Deleted,
}

/// <param name="At">When it is due.</param>
/// <param name="TriedAt">When it was begun; null as long as it is not, and when it was in vain.</param>
/// <param name="Tries">How often it was begun in vain.</param>
public sealed record LadderStep(LadderStepKind Kind, DateTimeOffset At, DateTimeOffset? DoneAt = null, DateTimeOffset? TriedAt = null, int Tries = 0);

/// <summary>What happens to a bot that is not paid for, every date of it from the first day. Part of the deployment's row, so that it is
/// changed with it and seen with it. Pure.</summary>
/// <param name="Resumes">Whether the bot runs again when it is paid: it did before it was held. Null as long as it is not held.</param>
/// <param name="IsOver">It is paid, and what the ladder did is being taken back.</param>
public sealed record Ladder(LadderCause Cause, DateTimeOffset Since, IReadOnlyList<LadderStep> Steps, bool? Resumes = null, bool IsOver = false)
{
    /// <summary>How much later than it was due a step may be without the others waiting for it.</summary>
    private static readonly TimeSpan Punctual = TimeSpan.FromHours(1);

    [JsonIgnore]
    public LadderStep? Next => Steps.FirstOrDefault(step => step.DoneAt is null);

    /// <summary>Nothing may start the bot, whoever asks.</summary>
    [JsonIgnore]
    public bool Holds => Resumes is not null && !IsOver;

    /// <summary>Makes one step of one ladder one, however often it is told.</summary>
    public string KeyOf(LadderStep step) => $"{Since.UtcDateTime:yyyyMMddHHmmss}-{Steps.Index().First(one => one.Item == step).Index}";

    /// <summary>Counted from the moment that it is known of: nobody loses a day to our being late.</summary>
    public static Ladder Begin(LadderCause cause, DunningOptions terms, DateTimeOffset now)
    {
        // One that has ended was announced when it was cancelled, or by the ladder that it is already on.
        var suspended = cause is LadderCause.PaymentFailed ? now + terms.SuspendAfter : now;
        var reminders = new List<LadderStep>();
        for (var at = now; at < suspended; at += terms.ReminderEvery)
        {
            reminders.Add(new(LadderStepKind.Reminder, at));
        }

        IEnumerable<LadderStep> end = cause is LadderCause.Disputed
            ? []
            : [new(LadderStepKind.FinalBackup, suspended + terms.KeepFor), new(LadderStepKind.Deleted, suspended + terms.KeepFor)];
        return new(cause, now, [.. reminders, new(LadderStepKind.Suspended, suspended), .. end]);
    }

    /// <summary>Done. What follows on a late step keeps its distance to it: nothing is deleted a day after it was suspended because both
    /// were overdue.</summary>
    public Ladder Done(LadderStep step, DateTimeOffset now)
    {
        var late = now - step.At is var by && by > Punctual ? by : TimeSpan.Zero;
        return this with
        {
            Steps = [.. Steps.Select(one =>
                one == step ? one with { DoneAt = now, TriedAt = null }
                : one.DoneAt is null ? one with { At = one.At + late }
                : one)],
        };
    }

    public Ladder Tried(LadderStep step, DateTimeOffset now) => With(step, step with { TriedAt = now });

    /// <summary>It was begun in vain, or its owner took it back: it is due again then.</summary>
    public Ladder PutOff(LadderStep step, DateTimeOffset until) => With(step, step with { At = until, TriedAt = null, Tries = step.Tries + 1 });

    private Ladder With(LadderStep step, LadderStep changed) => this with { Steps = [.. Steps.Select(one => one == step ? changed : one)] };
}
