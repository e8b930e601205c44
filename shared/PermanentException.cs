namespace Launchpad.Shared;

/// <summary>A fault that trying again cannot mend. Its message is written for the customer: what happened, and that nothing was
/// lost.</summary>
public sealed class PermanentException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Stable, kebab-case: what API clients and runbooks refer to.</summary>
    public string Code { get; } = code;
}
