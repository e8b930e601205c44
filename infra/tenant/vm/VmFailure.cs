namespace Launchpad.Vm;

/// <summary>A verb that cannot go on. The message says what happened and what to do about it; it never holds a secret.</summary>
internal sealed class VmFailure(string code, string message, bool retryable) : Exception(message)
{
    public string Code { get; } = code;
    public bool Retryable { get; } = retryable;
}
