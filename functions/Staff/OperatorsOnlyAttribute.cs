namespace Launchpad.Functions.Staff;

/// <summary>How far an operator has come: from the password that was made for him to everything that he may do.</summary>
public enum StaffStage
{
    /// <summary>He has to choose a password of his own.</summary>
    SetPassword,

    /// <summary>He has to set up a second factor.</summary>
    Enrol,

    Whole,
}

/// <summary>It asks for the session of an operator; a customer's is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OperatorsOnlyAttribute : Attribute
{
    /// <summary>The first stage that it is open to.</summary>
    public StaffStage From { get; init; } = StaffStage.Whole;
}
