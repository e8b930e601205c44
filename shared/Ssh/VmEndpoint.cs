namespace Launchpad.Shared.Ssh;

/// <summary>Where a VM's SSH server is, and the only key it may show (SHA-256 in base64 without padding).</summary>
/// <param name="Vm">By which id it is known here, where it is known.</param>
public sealed record VmEndpoint(string Address, int Port, string HostKeySha256, string? Vm = null);
