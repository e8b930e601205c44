namespace Launchpad.Shared;

/// <summary>A fault that trying again cannot mend. Its message is written for the customer: what happened, and that nothing was
/// lost.</summary>
public class PermanentException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Stable, kebab-case: what API clients and runbooks refer to.</summary>
    public string Code { get; } = code;
}

/// <summary>The deployment is not in the hands of the operation that wanted to act on it: another one took it, or it has ended. Nothing of
/// the operation may be done any more, nor taken back.</summary>
public sealed class NotHeldException() : PermanentException(
    Preempted, "Another operation took this deployment over, so this one stopped.")
{
    public const string Preempted = "preempted";
}
