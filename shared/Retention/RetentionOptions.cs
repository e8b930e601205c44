using System.ComponentModel.DataAnnotations;

namespace Launchpad.Shared.Retention;

/// <summary>How long what is not needed any more is kept. Section "Retention".</summary>
public sealed record RetentionOptions
{
    public const string Section = "Retention";

    /// <summary>After a bot was deleted: its config versions, what was typed for its operations and what they answered.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan DeletedBots { get; init; } = TimeSpan.FromDays(30);

    /// <summary>After a bot wrote it: a line of its log. What is collected on one day goes on one day, so it may stay a day longer.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan Logs { get; init; } = TimeSpan.FromDays(30);

    /// <summary>After an operation was asked for: what was typed for it and what it answered. Longer than any of them takes.</summary>
    [Range(typeof(TimeSpan), "7.00:00:00", "3650.00:00:00")]
    public TimeSpan Operations { get; init; } = TimeSpan.FromDays(90);

    /// <summary>After its owner asked to have it closed: an account, which he may keep after all until then. Longer than
    /// <see cref="Accounts.AccountStore.ReturnFor"/>, so that who lost his address finds his account still there.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan ClosedAccounts { get; init; } = TimeSpan.FromDays(14);

    /// <summary>After a saga began: how it went, step by step, for operators. Longer than the longest saga takes.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan Histories { get; init; } = TimeSpan.FromDays(60);

    /// <summary>Rows of one kind that one sweep takes up; what is left over is taken up by the next.</summary>
    [Range(1, 100_000)]
    public int SweepMax { get; init; } = 2_000;
}
