namespace Launchpad.Images;

/// <summary>One verb, one recipe, and where things are.</summary>
public sealed record ImageArguments
{
    public const string Usage = """
        launchpad-images ensure|fetch|build|sbom|sign|publish openclaw|tiny [options]
          ensure   everything below, doing only what is not done yet
          fetch    what comes from elsewhere, into the cache; needs neither Docker nor a registry
          build    layers, configuration and manifest into the cache
          sbom     prints the path of the image's bill of materials (CycloneDX)
          publish  pushes the built image and its bill of materials
          sign     signs what is in the registry, in cosign's format
        --registry HOST:PORT   default 127.0.0.1:5055
        --cache DIR            default $LAUNCHPAD_CACHE, else ~/.cache/launchpad
        --docker-host URL      default $DOCKER_HOST, else unix:///var/run/docker.sock
        --scan-report FILE     a vulnerability report (Trivy or Grype, JSON) of the image, made where there is a scanner
        """;

    public required string Verb { get; init; }

    public required string Image { get; init; }

    public string Registry { get; init; } = "127.0.0.1:5055";

    public string Cache { get; init; } = Environment.GetEnvironmentVariable("LAUNCHPAD_CACHE") is { Length: > 0 } cache
        ? cache
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "launchpad");

    public string DockerHost { get; init; } = Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } host
        ? host
        : "unix:///var/run/docker.sock";

    public string? ScanReport { get; init; }

    /// <summary>A registry on this machine speaks plain HTTP, as Docker assumes too.</summary>
    public string Scheme =>
        Registry.StartsWith("127.", StringComparison.Ordinal) || Registry.StartsWith("localhost", StringComparison.Ordinal)
            ? "http"
            : "https";

    /// <summary>Null when the command line cannot be understood.</summary>
    public static ImageArguments? Parse(IReadOnlyList<string> arguments)
    {
        if (arguments.Count < 2 || arguments.Count % 2 is not 0
            || arguments[0] is not ("ensure" or "fetch" or "build" or "sbom" or "publish" or "sign") || arguments[1] is not ("openclaw" or "tiny"))
        {
            return null;
        }

        var parsed = new ImageArguments { Verb = arguments[0], Image = arguments[1] };
        for (var i = 2; i < arguments.Count; i += 2)
        {
            var value = arguments[i + 1];
            switch (arguments[i])
            {
                case "--registry": parsed = parsed with { Registry = value }; break;
                case "--cache": parsed = parsed with { Cache = Path.GetFullPath(value) }; break;
                case "--docker-host": parsed = parsed with { DockerHost = value }; break;
                case "--scan-report": parsed = parsed with { ScanReport = Path.GetFullPath(value) }; break;
                default: return null;
            }
        }

        return parsed;
    }
}
