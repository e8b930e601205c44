namespace Launchpad.Shared.Deployments;

/// <summary>The ten states of the public contract.</summary>
public enum DeploymentStatus
{
    Requested,
    Provisioning,
    Configuring,
    Starting,
    Running,
    Updating,
    Failed,
    Restarting,
    Suspended,
    Terminated,
}

/// <summary>The only place that knows which transitions are legal.</summary>
public static class DeploymentStates
{
    public static bool CanBecome(this DeploymentStatus from, DeploymentStatus to) => (from, to) switch
    {
        (DeploymentStatus.Requested, DeploymentStatus.Provisioning) => true,
        (DeploymentStatus.Provisioning, DeploymentStatus.Configuring) => true,
        (DeploymentStatus.Configuring, DeploymentStatus.Starting) => true,
        (DeploymentStatus.Starting, DeploymentStatus.Running) => true,
        (DeploymentStatus.Running, DeploymentStatus.Updating) => true,
        (DeploymentStatus.Updating, DeploymentStatus.Running) => true,
        (DeploymentStatus.Running, DeploymentStatus.Failed) => true,
        (DeploymentStatus.Failed, DeploymentStatus.Restarting) => true,
        (DeploymentStatus.Restarting, DeploymentStatus.Running) => true,
        (DeploymentStatus.Running, DeploymentStatus.Suspended) => true,
        (DeploymentStatus.Suspended, DeploymentStatus.Running) => true,

        // While a deletion can still be taken back the bot is stopped and its data kept, whatever it was before.
        (DeploymentStatus.Failed or DeploymentStatus.Updating or DeploymentStatus.Restarting, DeploymentStatus.Suspended) => true,

        // A provisioning that failed was undone to the last byte, so the same order can be provisioned again.
        (DeploymentStatus.Failed, DeploymentStatus.Provisioning) => true,

        (DeploymentStatus.Provisioning or DeploymentStatus.Configuring or DeploymentStatus.Starting
            or DeploymentStatus.Updating or DeploymentStatus.Restarting, DeploymentStatus.Failed) => true,

        (DeploymentStatus.Terminated, _) => false,
        (_, DeploymentStatus.Terminated) => true,
        _ => false,
    };
}
