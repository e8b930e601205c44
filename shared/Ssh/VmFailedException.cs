namespace Launchpad.Shared.Ssh;

/// <summary>
/// A verb that did not succeed. The code is one of <see cref="Vms.VmErrorCode"/>; retryable says whether the same call may succeed later.
/// </summary>
public sealed class VmFailedException(string code, string message, bool retryable, Exception? inner = null) : Exception(message, inner)
{
    public string Code { get; } = code;
    public bool Retryable { get; } = retryable;
}
