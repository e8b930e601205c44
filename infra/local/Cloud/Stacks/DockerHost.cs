using Launchpad.Local.Processes;

namespace Launchpad.Local.Stacks;

/// <summary>The Docker daemon of this machine: the one that is there, else one of our own that all stacks share.</summary>
internal sealed class DockerHost : IAsyncDisposable
{
    private readonly Child? _own;
    private readonly FileLock? _use;
    private readonly string _usersPath;

    private DockerHost(Docker docker, Child? own, FileLock? use, string usersPath) =>
        (Docker, _own, _use, _usersPath) = (docker, own, use, usersPath);

    public Docker Docker { get; }

    public bool IsOwn => _own is not null;

    public string Word => _own is null ? "found" : _own.Adopted ? "adopted" : "started";

    public static async Task<DockerHost> OpenAsync(Home home, Action<string> say, CancellationToken cancellationToken)
    {
        var usersPath = Path.Combine(home.Cache, "dockerd.users");
        if (await Docker.Default.AnswersAsync(cancellationToken))
        {
            return new DockerHost(Docker.Default, null, null, usersPath);
        }

        if (Docker.Configured is { } configured)
        {
            throw new StackException($"DOCKER_HOST names {configured}, but no Docker daemon answers there.");
        }

        if (!Environment.IsPrivilegedProcess)
        {
            throw new StackException("No Docker daemon answers on /var/run/docker.sock, and only root can start one.");
        }

        // One that no stack has started, such as that of a test run: a second one on the same folder would never start.
        var shared = Neighbours.OwnDocker(home);
        if (ChildRecord.ReadLiving(Neighbours.DockerRecordPath(home)) is null && await shared.AnswersAsync(cancellationToken))
        {
            return new DockerHost(shared, null, null, usersPath);
        }

        var use = await FileLock.TakeAsync(usersPath, cancellationToken, shared: true);
        var daemon = new Child(Neighbours.DockerDaemon(home), say, TimeProvider.System);
        try
        {
            await daemon.StartAsync(cancellationToken);
            return new DockerHost(Neighbours.OwnDocker(home), daemon, use, usersPath);
        }
        catch
        {
            await daemon.DisposeAsync();
            use.Dispose();
            throw;
        }
    }

    /// <summary>Ends our own daemon unless another stack or a container still needs it.</summary>
    public async ValueTask DisposeAsync()
    {
        _use?.Dispose();
        if (_own is null)
        {
            return;
        }

        using var last = FileLock.TryTake(_usersPath);
        if (last is not null && await Docker.IsIdleAsync(CancellationToken.None))
        {
            await _own.DisposeAsync();
        }
        else
        {
            await _own.LeaveAsync();
        }
    }

    /// <summary>The same for a daemon that a killed pocket cloud left.</summary>
    public static async Task<bool> StopLeftoverAsync(Home home)
    {
        var docker = Neighbours.OwnDocker(home);
        using var last = FileLock.TryTake(Path.Combine(home.Cache, "dockerd.users"));
        return last is not null && File.Exists(Neighbours.DockerRecordPath(home)) && await docker.IsIdleAsync(CancellationToken.None)
            && await Child.StopLeftoverAsync(Neighbours.DockerRecordPath(home), TimeSpan.FromSeconds(60));
    }
}
