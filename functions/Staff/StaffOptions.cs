namespace Launchpad.Functions.Staff;

/// <summary>How operators are let in. Section "Staff".</summary>
public sealed record StaffOptions
{
    public const string Section = "Staff";

    /// <summary>Whether an operator without a second factor can do nothing but set one up.</summary>
    public bool RequireSecondFactor { get; init; } = true;
}
