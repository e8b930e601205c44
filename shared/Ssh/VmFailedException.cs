using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Ssh;

/// <summary>
/// A verb that did not succeed. The code is one of <see cref="VmErrorCode"/>; retryable says whether the same call may succeed later.
/// </summary>
public sealed class VmFailedException(string code, string message, bool retryable, Exception? inner = null) : Exception(message, inner)
{
    public VmFailedException(VmError error)
        : this(error.Code, error.Message, error.Retryable)
    {
    }

    public string Code { get; } = code;
    public bool Retryable { get; } = retryable;
}
