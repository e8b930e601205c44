using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm;

/// <summary>The container of a deployment: described whole by a pure function, replaced when the description changes.</summary>
internal static class Container
{
    public const string DeploymentLabel = "launchpad.deployment";
    public const string StateLabel = "launchpad.state";

    /// <inheritdoc cref="BotContainer.User"/>
    public const int User = BotContainer.User;

    // A resolver that answers nobody (TEST-NET-1): without it Docker's own would carry questions, and whatever is in them, to the internet.
    private const string NoResolver = "192.0.2.1";

    public static string NameOf(string deployment) => $"launchpad-{deployment}";

    public static CreateContainer Describe(
        ApplyRequest request, Paths paths, int slot, string secretsVersion, IReadOnlyDictionary<string, string> files)
    {
        var network = Network.NameOf(request.Deployment);
        var bot = BotContainer.Of(request.Image!, request.Limits, request.Runtime);
        var bare = new CreateContainer(
            bot.Image,
            BotContainer.Hostname,
            $"{User}:{User}",
            bot.Environment,
            new Dictionary<string, string> { [DeploymentLabel] = request.Deployment },
            BotContainer.StopSeconds,
            Limit(bot, paths, network),
            new NetworkingConfig(new Dictionary<string, Endpoint> { [network] = new(new EndpointAddress(Network.AddressOf(slot))) }));

        // What the container reads once, at its start, makes it another container when it changes.
        var inputs = string.Join('\n', InOrder(files).Select(file => $"{file.Key} {file.Value}").Append(secretsVersion));
        var description = JsonSerializer.Serialize(bare, DockerJson.Default.CreateContainer);
        var state = SHA256.HashData(Encoding.UTF8.GetBytes($"{description}\n{inputs}"));
        return bare with { Labels = new Dictionary<string, string>(bare.Labels) { [StateLabel] = Convert.ToHexStringLower(state) } };
    }

    /// <param name="hangs">Whether what runs, and is what it shall be, is to be restarted all the same.</param>
    public static async Task<string?> ConvergeAsync(DockerEngine docker, CreateContainer desired, Func<ContainerState, Task<bool>> hangs)
    {
        var name = NameOf(desired.Labels[DeploymentLabel]);
        var present = await FindAsync(docker, desired.Labels[DeploymentLabel]);
        var isSame = present?.Config.Labels?.GetValueOrDefault(StateLabel) == desired.Labels[StateLabel];
        if (isSame && present!.State.Running)
        {
            return await hangs(present.State) ? await RestartAsync(docker, name) : null;
        }

        if (present is not null && !isSame)
        {
            await RemoveAsync(docker, desired.Labels[DeploymentLabel]);
        }

        try
        {
            if (!isSame)
            {
                await docker.PostAsync($"containers/create?name={name}", desired, DockerJson.Default.CreateContainer);
            }

            await docker.PostAsync($"containers/{name}/start");
        }
        catch (DockerException error)
        {
            throw Explain(error);
        }

        return present is null ? "started" : isSame ? "started again" : "replaced";
    }

    private static async Task<string> RestartAsync(DockerEngine docker, string name)
    {
        try
        {
            await docker.PostAsync($"containers/{name}/restart?t={BotContainer.StopSeconds}");
            return "restarted, because it did not answer";
        }
        catch (DockerException error)
        {
            throw Explain(error);
        }
    }

    public static Task<DockerContainer?> FindAsync(DockerEngine docker, string deployment) =>
        docker.FindAsync($"containers/{NameOf(deployment)}/json", DockerJson.Default.DockerContainer);

    public static async Task StopAsync(DockerEngine docker, string deployment)
    {
        try
        {
            await docker.PostAsync($"containers/{NameOf(deployment)}/stop?t={BotContainer.StopSeconds}");
        }
        catch (DockerException error) when (error.Status == HttpStatusCode.NotFound)
        {
            // Gone is stopped.
        }
    }

    /// <summary>One that is there as it was; what is gone is not made again.</summary>
    public static async Task StartAsync(DockerEngine docker, string deployment)
    {
        try
        {
            await docker.PostAsync($"containers/{NameOf(deployment)}/start");
        }
        catch (DockerException error) when (error.Status == HttpStatusCode.NotFound)
        {
            // Whoever removed it did not want it to run.
        }
        catch (DockerException error)
        {
            throw Explain(error);
        }
    }

    public static async Task<bool> RemoveAsync(DockerEngine docker, string deployment)
    {
        await StopAsync(docker, deployment);
        return await docker.DeleteAsync($"containers/{NameOf(deployment)}?force=1&v=1");
    }

    private static IOrderedEnumerable<KeyValuePair<string, string>> InOrder(IReadOnlyDictionary<string, string> entries) =>
        entries.OrderBy(entry => entry.Key, StringComparer.Ordinal);

    // After a reboot Docker tries to start it too, and fails, because volume and secrets are not there until they are applied again.
    private static HostConfig Limit(BotContainer bot, Paths paths, string network) => new(
        network,
        [NoResolver],
        [
            new MountPoint("bind", paths.Data, BotContainer.Data, ReadOnly: false),
            new MountPoint("bind", paths.Secrets, BotContainer.Secrets, ReadOnly: true),
            new MountPoint("bind", paths.Hosts, "/etc/hosts", ReadOnly: true),
        ],
        new Dictionary<string, string> { [BotContainer.Tmp] = bot.TmpOptions },
        bot.MemoryBytes,
        // Memory and swap together: equal means no swap.
        bot.MemoryBytes,
        bot.NanoCpus,
        bot.Pids,
        [
            new Ulimit("nofile", BotContainer.OpenFiles, BotContainer.OpenFiles),
            new Ulimit("core", BotContainer.CoreBytes, BotContainer.CoreBytes),
        ],
        new RestartPolicy(BotContainer.Restart),
        new LogConfig(BotContainer.LogDriver, BotContainer.LogOptions));

    private static VmFailure Explain(DockerException error) => error switch
    {
        { Status: HttpStatusCode.NotFound } when error.Message.Contains("No such image", StringComparison.OrdinalIgnoreCase) =>
            new(VmErrorCode.ImageMissing, "The image is not on the VM; apply through pull first.", retryable: true),
        { IsFull: true } => new(VmErrorCode.NoSpace, "The VM's disk is full: the container could not be created.", retryable: false),
        _ => new(
            VmErrorCode.StartFailed,
            $"The container does not start: {error.Message}",
            retryable: error.Status != HttpStatusCode.BadRequest),
    };
}
