using Launchpad.Shared.Vms;

namespace Launchpad.Vm;

/// <summary>A verb that cannot go on. The message says what happened and what to do about it; it never holds a secret.</summary>
internal sealed class VmFailure(string code, string message, bool retryable) : Exception(message)
{
    public string Code { get; } = code;
    public bool Retryable { get; } = retryable;

    public static VmFailure Of(Exception error) => error switch
    {
        VmFailure known => known,
        _ when IsFull(error) => new(VmErrorCode.NoSpace, $"The VM's disk is full: {error.Message}", retryable: false),
        _ => new(VmErrorCode.Internal, $"launchpad-vm failed unexpectedly: {error.GetType().Name}: {error.Message}", retryable: true),
    };

    /// <summary>On Unix the result of an input or output error is the system's own number for it.</summary>
    public static bool IsFull(Exception error) => error is IOException { HResult: Libc.NoSpace or Libc.QuotaExceeded };
}
