using System.ComponentModel.DataAnnotations;

namespace Launchpad.Shared.Ssh;

/// <summary>How the control plane reaches launchpad-vm. Section "Vms".</summary>
public sealed record VmOptions
{
    public const string Section = "Vms";

    /// <summary>The published program; VMs get exactly this file, by its hash.</summary>
    [Required]
    public string ProgramPath { get; set; } = "";

    [Range(1, 65535)]
    public int SshPort { get; set; } = 22;

    [Required]
    public string User { get; set; } = "launchpad";

    /// <summary>Where machines reach this control plane with their heartbeats; null: they send none, and are asked over SSH
    /// instead.</summary>
    public Uri? ControlPlane { get; set; }

    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Between two signs of life while a verb runs; a VM that is not heard of for three of these is lost. It is heard of every
    /// five seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "00:05:00")]
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection is kept for the next verb: longer than an operation pauses between two of them.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan KeepConnection { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long the key to a VM is remembered before the vault is asked again.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan KeepKey { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>For one conversation, beside what it waits on purpose.</summary>
    public TimeSpan ShortTimeout { get; set; } = TimeSpan.FromSeconds(60);
}
