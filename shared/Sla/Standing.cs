namespace Launchpad.Shared.Sla;

/// <summary>What is known of a bot at a moment.</summary>
/// <param name="IsStopped">On purpose.</param>
/// <param name="Away">The operation that has stopped it for a while; null for none.</param>
/// <param name="IsPlanned">Whether it was up when somebody asked for that operation.</param>
/// <param name="Failed">Since its status says so; null while it does not.</param>
/// <param name="Outage">Since its observers say so.</param>
internal sealed record Standing(bool IsStopped = false, Cause? Away = null, bool IsPlanned = false, Cause? Failed = null, Cause? Outage = null)
{
    /// <summary>An outage that is found while it is away for what was asked for is the same absence.</summary>
    public (StretchKind Kind, Cause? Cause) Told =>
        IsStopped ? (StretchKind.Off, null)
        : Away is not null && IsPlanned ? (StretchKind.Planned, Away)
        : (Outage ?? Failed ?? Away) is { } cause ? (StretchKind.Unplanned, cause)
        : (StretchKind.Up, null);

    public Standing Runs() => this with { IsStopped = false, Away = null, Failed = null };

    public Standing Stops() => this with { IsStopped = true, Away = null, Failed = null };

    /// <summary>Failing again while it has failed is no other failure: a change of status may say so in passing.</summary>
    public Standing Fails(string? operation) => this with { Away = null, Failed = Failed ?? new("failed", operation) };

    /// <summary>A bot that was down before is not away by plan, whoever tries to bring it back.</summary>
    public Standing Leaves(Asked asked)
    {
        var wasDown = Outage is not null || (Failed is { } failed && failed.Operation != asked.Operation);
        return this with { Away = new(asked.Kind, asked.Operation), IsPlanned = asked.IsByPlan && !wasDown, Failed = wasDown ? Failed : null };
    }

    public Standing Returns(string? operation) => Away is { } away && away.Operation == operation ? this with { Away = null, Failed = null } : this;

    /// <summary>It has done what it was to do: where the bot is not up, its status says so.</summary>
    public Standing Ends(string? operation) => Away is { } away && away.Operation == operation ? this with { Away = null } : this;
}

/// <summary>An operation, as the record says who asked for what.</summary>
/// <param name="IsByPlan">False for what the clock does because a bot is not well.</param>
internal sealed record Asked(string Operation, string Kind, bool IsByPlan);
