using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Launchpad.Host.Http;

/// <summary>The keys of the app: one master key, keys of all functions, keys of one. What has no key cannot be opened.</summary>
internal sealed class FunctionKeys(HostJson host, IConfiguration settings)
{
    public const string Header = "x-functions-key";

    private readonly byte[]? master = Hash(host.MasterKey ?? settings["Host:MasterKey"]);

    public bool IsMaster(HttpRequest request) => Presented(request) is { } key && Same(master, key);

    public bool Allow(HttpRequest request, HttpFunction function) => function.Level switch
    {
        AuthorizationLevel.Anonymous => true,
        AuthorizationLevel.Function => IsMaster(request) || IsFunctionKey(request, function.Function.Name),
        _ => IsMaster(request),
    };

    private bool IsFunctionKey(HttpRequest request, string function) => Presented(request) is { } key
        && settings.GetSection("Host:FunctionKeys").GetChildren()
            .Concat(settings.GetSection($"Functions:{function}:Keys").GetChildren())
            .Any(known => Same(Hash(known.Value), key));

    private static byte[]? Presented(HttpRequest request) =>
        Hash(request.Headers.TryGetValue(Header, out var header) ? header.ToString() : request.Query["code"].ToString());

    // Hashes have one length, so that comparing them tells nothing about the keys.
    private static byte[]? Hash(string? key) => string.IsNullOrEmpty(key) ? null : SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static bool Same(byte[]? known, byte[] presented) =>
        known is not null && CryptographicOperations.FixedTimeEquals(known, presented);
}
