using System.Text.Json;
using System.Text.Json.Nodes;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm.Verbs;

/// <summary>Asks the release itself whether it takes a config, before anything that runs is touched: the image's own program, without
/// network, volume or secrets.</summary>
internal static class Validate
{
    private const int MemoryMb = 1024;
    private const string ConfigPath = "/run/config/openclaw.json";
    private const int OutputMax = 1000;

    public static async Task<ValidateResult> RunAsync(ValidateRequest request, StepLog log)
    {
        using var held = await Locks.DeploymentAsync(request.Deployment);
        using var docker = new DockerEngine();
        await log.StepAsync(VmSteps.Pull, () => Image.ConvergeAsync(docker, request.Image, () => log.Started(VmSteps.Pull)));
        var name = $"{Container.NameOf(request.Deployment)}-validate";
        var folder = Directory.CreateDirectory($"{Paths.Memory}/{request.Deployment}.validate");
        try
        {
            // Readable for all, which the container's user is one of. A config holds no secret.
            await File.WriteAllTextAsync($"{folder.FullName}/openclaw.json", request.Config);
            await docker.DeleteAsync($"containers/{name}?force=1&v=1");
            await docker.PostAsync($"containers/create?name={name}", Describe(request, folder.FullName), DockerJson.Default.CreateContainer);
            await docker.PostAsync($"containers/{name}/start");
            var exit = await docker.WaitAsync(name);
            await using var written = await docker.StreamAsync($"containers/{name}/logs?stdout=1&stderr=1");
            return Read(exit, await TextAsync(written));
        }
        catch (DockerException error)
        {
            throw new VmFailure(VmErrorCode.ValidatorFailed, $"The image's own check could not be started: {error.Message}", retryable: false);
        }
        finally
        {
            await docker.DeleteAsync($"containers/{name}?force=1&v=1");
            folder.Delete(recursive: true);
        }
    }

    private static CreateContainer Describe(ValidateRequest request, string folder) => new(
        request.Image,
        "validate",
        $"{Container.User}:{Container.User}",
        ["HOME=/tmp", "OPENCLAW_STATE_DIR=/tmp/state", $"OPENCLAW_CONFIG_PATH={ConfigPath}", "OPENCLAW_CONFIG_READONLY=1", "OPENCLAW_OFFLINE=1"],
        new Dictionary<string, string> { ["launchpad.validate"] = request.Deployment },
        StopTimeout: 1,
        new HostConfig(
            "none",
            [],
            [new MountPoint("bind", folder, Path.GetDirectoryName(ConfigPath)!, ReadOnly: true)],
            new Dictionary<string, string> { ["/tmp"] = "rw,noexec,nosuid,nodev,size=64m,mode=1777" },
            (long)MemoryMb << 20,
            (long)MemoryMb << 20,
            NanoCpus: 2_000_000_000,
            PidsLimit: 128,
            [new Ulimit("nofile", 4096, 4096), new Ulimit("core", 0, 0)],
            new RestartPolicy("no"),
            new LogConfig("json-file", new Dictionary<string, string> { ["max-size"] = "1m", ["max-file"] = "1" })),
        new NetworkingConfig(new Dictionary<string, Endpoint>()))
    {
        Cmd = ["config", "validate", "--json"],
    };

    private static async Task<string> TextAsync(Stream stream)
    {
        var text = new System.Text.StringBuilder();
        await foreach (var (isError, line) in DockerFrames.ReadAsync(stream))
        {
            text.Append(isError ? "" : line);
        }

        return text.ToString();
    }

    /// <summary>The answer is believed only when word and exit code agree: an image without a validator says neither.</summary>
    internal static ValidateResult Read(int exit, string output)
    {
        try
        {
            var answer = JsonNode.Parse(output);
            switch (exit, answer?["valid"]?.GetValue<bool>())
            {
                case (0, true):
                    return new([]);
                case (not 0, false) when answer!["issues"] is JsonArray { Count: > 0 } issues:
                    return new([.. issues.Select(issue => new ConfigIssue((string?)issue?["path"] ?? "", (string?)issue?["message"] ?? ""))]);
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Told below, in the image's own words.
        }

        var said = Logs.Plain(output.AsSpan(0, Math.Min(output.Length, OutputMax)));
        throw new VmFailure(
            VmErrorCode.ValidatorFailed, $"The image's own check of the config ended with {exit} and no answer. {said}".Trim(), retryable: false);
    }
}
