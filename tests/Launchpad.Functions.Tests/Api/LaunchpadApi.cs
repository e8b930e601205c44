using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Azure.Security.KeyVault.Secrets;
using Launchpad.Shared.Storage;
using Launchpad.Processes;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Launchpad.Functions.Tests.Api;

/// <summary>The whole functions app in this process, on a table service of its own, without machines: the vault is a dictionary.</summary>
public sealed class LaunchpadApi : IAsyncLifetime
{
    private readonly Azurite azurite = new();
    private readonly string folder = Directory.CreateTempSubdirectory("launchpad-functions-").FullName;
    private IHost? app;

    public Uri Address { get; private set; } = null!;

    public Vault Vault { get; } = new();

    public T Service<T>()
        where T : notnull => app!.Services.GetRequiredService<T>();

    public async Task InitializeAsync()
    {
        await azurite.InitializeAsync();
        var builder = new FunctionsApplicationBuilder([.. Settings()], typeof(Composition).Assembly);
        builder.AddLaunchpad();
        builder.Services.AddSingleton<SecretClient>(Vault);
        builder.Logging.ClearProviders();

        // It asks the payment provider for its secret; here nobody is asked.
        builder.Services.Remove(builder.Services.Single(service => service.ImplementationType?.Name == "Readiness"));
        app = builder.Build();
        await Service<Tables>().CreateAllAsync(CancellationToken.None);
        await app.StartAsync();
        Address = new Uri(Service<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/api/");
    }

    public async Task<Owner> SignedUpAsync()
    {
        var http = new HttpClient { BaseAddress = Address };
        using var answer = await http.PostAsJsonAsync(
            new Uri("auth/signup", UriKind.Relative),
            new { email = $"{Guid.NewGuid():N}@example.com", password = "correct horse battery" });
        answer.EnsureSuccessStatusCode();
        var signedIn = await answer.Content.ReadFromJsonAsync<JsonElement>();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", signedIn.GetProperty("token").GetString());
        return new Owner(http, signedIn.GetProperty("account").GetProperty("id").GetString()!);
    }

    public async Task DisposeAsync()
    {
        await app!.StopAsync();
        await ((IAsyncDisposable)app).DisposeAsync();
        await azurite.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private IEnumerable<string> Settings()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        yield return "--urls=http://127.0.0.1:0";
        yield return $"--Durable:Directory={folder}";
        yield return $"--Storage:ConnectionString={azurite.ConnectionString}";
        yield return "--KeyVault:Uri=https://vault.invalid/";
        yield return "--Azure:ArmEndpoint=https://arm.invalid/";
        yield return "--Azure:ArmAudience=https://arm.invalid/";
        yield return "--Azure:SubscriptionId=00000000-0000-0000-0000-000000000000";
        yield return "--Azure:ResourceGroup=group";
        yield return "--Azure:Location=here";
        yield return "--Azure:DnsZone=bots.invalid";
        yield return "--Azure:SharedVmSize=Standard_D4s_v5";
        yield return "--Azure:ImageId=debian:debian-12:12-gen2:latest";
        yield return "--Stripe:ApiBase=http://stripe.invalid";
        yield return "--Stripe:ApiKeySecret=stripe-api-key";
        yield return "--Stripe:WebhookSecret=stripe-webhook-secret";
        yield return "--Images:Registry=registry.invalid";
        yield return "--Images:Repository=launchpad/bot";
        yield return "--Images:Tag=1.0.0";
        yield return $"--Images:PublicKeyPem={key.ExportSubjectPublicKeyInfoPem()}";
        yield return "--Routing:Domain=bots.invalid";
        yield return $"--Vms:ProgramPath={typeof(LaunchpadApi).Assembly.Location}";
    }
}

/// <summary>A signed-in customer.</summary>
public sealed class Owner(HttpClient http, string account) : IDisposable
{
    public HttpClient Http => http;

    public string Account => account;

    public async Task<string> OrderAsync(object? extra = null)
    {
        using var answer = await http.PostAsJsonAsync(
            new Uri("deployments", UriKind.Relative),
            extra ?? new { name = "Canary Name", plan = "starter", instructions = "Canary rules" });
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    public async Task<(int Status, string Text)> AskAsync(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return ((int)answer.StatusCode, answer.IsSuccessStatusCode ? "" : await answer.Content.ReadAsStringAsync());
    }

    public void Dispose() => http.Dispose();
}

/// <summary>Secrets by name, as the vault's client gives them.</summary>
public sealed class Vault : SecretClient
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, string> values = [];

    public override Task<Azure.Response<KeyVaultSecret>> GetSecretAsync(
        string name, string? version = null, SecretContentType? outContentType = null, CancellationToken cancellationToken = default) =>
        values.TryGetValue(name, out var value)
        ? Task.FromResult(Answer(name, value))
        : throw new Azure.RequestFailedException(404, "There is no such secret.");

    public override Task<Azure.Response<KeyVaultSecret>> SetSecretAsync(
        string name, string value, CancellationToken cancellationToken = default) =>
        Task.FromResult(Answer(name, values[name] = value));

    private static Azure.Response<KeyVaultSecret> Answer(string name, string value)
    {
        var secret = SecretModelFactory.KeyVaultSecret(SecretModelFactory.SecretProperties(name: name, version: "1"), value);
        return Azure.Response.FromValue(secret, null!);
    }
}

[CollectionDefinition(Name)]
public sealed class ApiCollection : ICollectionFixture<LaunchpadApi>
{
    public const string Name = "api";
}
