using System.ComponentModel.DataAnnotations;

namespace Launchpad.Shared.Abuse;

/// <summary>How much of what honest people do seldom is done before somebody has to wait, or a person looks at it. Section "Abuse".</summary>
public sealed record AbuseOptions
{
    public const string Section = "Abuse";

    /// <summary>New accounts in an hour from one network: an IPv4 address, or 64 bits of an IPv6 one.</summary>
    [Range(1, 1_000_000)]
    public int SignUps { get; init; } = 20;

    /// <summary>Calls in a minute of one person, in whatever accounts, or with one token; counted by each instance.</summary>
    [Range(60, 1_000_000)]
    public int Calls { get; init; } = 1_200;

    /// <summary>Payment pages in an hour for one network.</summary>
    [Range(1, 1_000_000)]
    public int Checkouts { get; init; } = 60;

    /// <summary>Payment pages in an hour for all whose mail addresses are of one domain of disposable ones.</summary>
    [Range(1, 1_000_000)]
    public int DisposableCheckouts { get; init; } = 5;

    /// <summary>Refused tries to pay for one thing in an hour, with whatever cards.</summary>
    [Range(2, 1_000)]
    public int Refusals { get; init; } = 8;

    /// <summary>Different cards of an account that were refused in an hour.</summary>
    [Range(2, 1_000)]
    public int RefusedCards { get; init; } = 3;

    /// <summary>Refused sign-ins in ten minutes, counted by each instance, at which somebody is called.</summary>
    [Range(1, 10_000)]
    public int RefusedSignIns { get; init; } = 300;

    /// <summary>Accounts that tried one card in a day.</summary>
    [Range(2, 1_000_000)]
    public int AccountsOfCard { get; init; } = 4;

    /// <summary>Accounts that may begin a trial with one card.</summary>
    [Range(1, 1_000_000)]
    public int TrialsOfCard { get; init; } = 1;
}
