using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Azure.Data.Tables;
using Launchpad.Local.Faults;
using Launchpad.Local.Mail;
using Launchpad.Local.Models;
using Launchpad.Local.Stripe;
using Launchpad.Local.Tests;
using Launchpad.Processes;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using Stripe;

namespace Launchpad.Functions.Tests.Api;

/// <summary>The whole functions app as it is deployed, under its host, on a table service, a vault and a payment provider of its own;
/// only machines are missing.</summary>
public sealed class LaunchpadApi : IAsyncLifetime
{
    private const string MasterKey = "master";
    private const string Listening = "Now listening on: ";

    private readonly Azurite azurite = new() { IsAlone = true };
    private readonly TestCloud cloud = new();
    private readonly string folder = Directory.CreateTempSubdirectory("launchpad-functions-").FullName;
    private Process? host;
    private ServiceProvider? services;

    public Uri Address { get; private set; } = null!;

    internal HostLog Log { get; } = new();

    public TableServiceClient StorageTables => new(azurite.ConnectionString);

    public string StorageConnection => azurite.ConnectionString;

    /// <summary>The app's own stores and rules, over the same tables.</summary>
    public T Service<T>()
        where T : notnull => services!.GetRequiredService<T>();

    /// <summary>Activities, as the host makes them.</summary>
    public T Make<T>() => ActivatorUtilities.CreateInstance<T>(services!);

    public async Task InitializeAsync()
    {
        await Task.WhenAll(azurite.InitializeAsync(), cloud.InitializeAsync());
        var settings = Settings().ToDictionary();
        services = new ServiceCollection().AddLogging().AddSingleton(ManagedIdentity.Credential(cloud))
            .AddLaunchpad(new ConfigurationBuilder().AddInMemoryCollection(
                settings.Select(pair => KeyValuePair.Create(pair.Key.Replace("__", ":", StringComparison.Ordinal), (string?)pair.Value)))
                .Build())
            .AddSingleton(ManagedIdentity.SecretClient(cloud))
            .BuildServiceProvider();
        Address = new Uri(await StartAsync(settings), "api/");
    }

    /// <summary>The payment provider, by its official client.</summary>
    public StripeClient Stripe => new(new StripeClientOptions
    {
        ApiKey = cloud.Context.Vault.Value(StripeService.ApiKeyName),
        ApiBase = TestCloud.Address(cloud.Ports.Stripe).ToString().TrimEnd('/'),
    });

    /// <summary>Of localhost, which the app trusts.</summary>
    public X509Certificate2 Certificate => cloud.Context.Certificates.For(null);

    public FaultPlan Faults => cloud.Context.Faults;

    public string WebhookSecret => cloud.Context.Vault.Value(StripeService.WebhookSecretName)!;

    /// <summary>What a customer does on the payment page; the answer's status is 303 when it was paid.</summary>
    public async Task<int> PayAsync(string session, string card = "4242 4242 4242 4242", string code = "")
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var answer = await browser.PostAsync(
            TestCloud.Address(cloud.Ports.Stripe, $"/c/pay/{session}"),
            new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["cardNumber"] = card,
                ["cardExpiry"] = "12 / 34",
                ["cardCvc"] = "123",
                ["billingName"] = "Ada Lovelace",
                ["email"] = "ada@example.com",
                ["promotionCode"] = code,
            }));
        return (int)answer.StatusCode;
    }

    /// <summary>The newest letter to an address that is called so, as soon as it has come.</summary>
    public async Task<MimeMessage> LetterAsync(string to, string subject)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            if ((await LettersAsync(to)).FirstOrDefault(letter => letter.Subject == subject) is { } found)
            {
                return found;
            }

            await Task.Delay(200, patience.Token);
        }
    }

    /// <summary>Those that have come to an address, the newest first.</summary>
    public async Task<IReadOnlyList<MimeMessage>> LettersAsync(string to)
    {
        var letters = new List<MimeMessage>();
        var list = await cloud.Client.GetFromJsonAsync<JsonElement>(
            TestCloud.Address(cloud.Ports.Admin, $"/mail?to={Uri.EscapeDataString(to)}"));
        foreach (var id in list.EnumerateArray().Select(entry => entry.GetProperty("id").GetString()))
        {
            await using var text = await cloud.Client.GetStreamAsync(TestCloud.Address(cloud.Ports.Admin, $"/mail/{id}"));
            letters.Add(await MimeMessage.LoadAsync(text));
        }

        return letters;
    }

    /// <summary>Runs a timer at once.</summary>
    public async Task FireAsync(string timer)
    {
        using var http = new HttpClient { BaseAddress = Address };
        http.DefaultRequestHeaders.Add("x-functions-key", MasterKey);
        using var answer = await http.PostAsJsonAsync(
            new Uri($"/admin/functions/{timer}", UriKind.Relative), new { input = (string?)null });
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>What the engine has of the instances whose ids begin so.</summary>
    public async Task<IReadOnlyList<JsonElement>> InstancesAsync(string prefix)
    {
        using var http = new HttpClient { BaseAddress = Address };
        http.DefaultRequestHeaders.Add("x-functions-key", MasterKey);
        var page = await http.GetFromJsonAsync<JsonElement>(new Uri($"/admin/instances?prefix={prefix}", UriKind.Relative));
        return [.. page.GetProperty("instances").EnumerateArray()];
    }

    /// <summary>Somebody who has an account and is signed in to it. How one signs up, and with what a password is kept, is the affair of
    /// <see cref="SignInTests"/>: a password takes longer to hash than most of what is looked at here.</summary>
    public async Task<Owner> SignedUpAsync(string? email = null, bool isConfirmed = true)
    {
        var account = await AccountAsync(email ?? $"{Guid.NewGuid():N}@example.com", isConfirmed);
        var (token, _) = await Service<SessionStore>().OpenAsync(account.Id, "a test", CancellationToken.None);
        // Where an answer leads to is another site.
        var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return new Owner(http, account.Id);
    }

    /// <summary>As after following the link that was sent to its address, where that is known to be its owner's.</summary>
    public async Task<Shared.Accounts.Account> AccountAsync(string email, bool isConfirmed)
    {
        var account = await Service<AccountStore>().CreateAsync(email, email, "no password leads here", "127.0.0.1", CancellationToken.None);
        if (isConfirmed)
        {
            await Service<Tables>().Accounts.UpdateEntityAsync(
                new TableEntity(account!.Id, "profile") { ["emailVerifiedAt"] = account.CreatedAt }, Azure.ETag.All, TableUpdateMode.Merge);
        }

        return account!;
    }

    public async Task DisposeAsync()
    {
        if (host is not null)
        {
            host.Kill();
            await host.WaitForExitAsync();
            host.Dispose();
        }

        await (services?.DisposeAsync() ?? ValueTask.CompletedTask);
        await Task.WhenAll(azurite.DisposeAsync(), cloud.DisposeAsync());
        Directory.Delete(folder, recursive: true);
    }

    private async Task<Uri> StartAsync(Dictionary<string, string> settings)
    {
        var outputs = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", ".."));
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(outputs, "Launchpad.Host", configuration, "Launchpad.Host.dll"));
        start.ArgumentList.Add("--app");
        start.ArgumentList.Add(Path.Combine(outputs, "Launchpad.Functions", configuration));
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        host = Process.Start(start)!;
        var said = new List<string>();
        while (await host.StandardOutput.ReadLineAsync() is { } line)
        {
            said.Add(line);
            if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at && line.Contains("FunctionsHost", StringComparison.Ordinal))
            {
                _ = Log.ListenAsync(host.StandardOutput);
                return new Uri(line[(at + Listening.Length)..].Trim());
            }
        }

        throw new InvalidOperationException("The host ended before it listened:\n" + string.Join('\n', said));
    }

    private IEnumerable<KeyValuePair<string, string>> Settings()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (string Name, string Value)[] settings =
        [
            ("ASPNETCORE_URLS", $"http://127.0.0.1:{cloud.Ports.ControlPlane}"),
            ("AzureWebJobsStorage", azurite.ConnectionString),
            ("AzureFunctionsJobHost__MasterKey", MasterKey),
            ("AzureFunctionsJobHost__extensions__durableTask__storageProvider__type", "Sqlite"),
            ("Durable__Directory", folder),
            ("IDENTITY_ENDPOINT", TestCloud.Address(cloud.Ports.Admin, "/msi/token").ToString()),
            ("IDENTITY_HEADER", cloud.Context.IdentityHeader),
            ("SSL_CERT_FILE", cloud.Context.Certificates.BundlePath),
            ("Storage__ConnectionString", azurite.ConnectionString),
            ("Backups__StoreUri", azurite.Blobs.ToString()),
            ("KeyVault__Uri", TestCloud.Address(cloud.Ports.KeyVault, https: true).ToString()),
            ("KeyVault__DisableChallengeResourceVerification", "true"),
            ("Azure__ArmEndpoint", TestCloud.Address(cloud.Ports.ResourceManager, https: true).ToString()),
            ("Azure__ArmAudience", "https://management.azure.com/"),
            ("Azure__SubscriptionId", "00000000-0000-0000-0000-000000000000"),
            ("Azure__ResourceGroup", "group"),
            ("Azure__Location", "here"),
            ("Azure__DnsZone", "bots.invalid"),
            ("Azure__ImageId", "debian:debian-12:12-gen2:latest"),
            ("Stripe__ApiBase", TestCloud.Address(cloud.Ports.Stripe).ToString().TrimEnd('/')),
            ("Stripe__ApiKeySecret", "stripe-api-key"),
            ("Stripe__WebhookSecret", "stripe-webhook-secret"),
            ("Billing__FirstLook", "00:00:01"),
            ("Abuse__SignUps", "1000000"),
            ("Abuse__Checkouts", "1000000"),
            ("Abuse__AccountsOfCard", "1000000"),
            ("Abuse__TrialsOfCard", "1000000"),
            ("Mail__Server", "localhost"),
            ("Mail__Port", $"{cloud.Ports.Mail}"),
            ("Mail__User", MailService.User),
            ("Mail__PasswordSecret", MailService.PasswordName),
            ("Mail__From", "launchpad@example.com"),
            ("Webhooks__AllowedNetworks", "127.0.0.1/32"),
            ("Rollouts__Rehearsals", "broken"),
            ("Models__CatalogUrl", TestCloud.Address(cloud.Ports.Models, "/v1").ToString()),
            ("Models__Model", ModelService.DefaultModel),
            ("Models__ApiKeySecret", ModelService.KeySecret),
            ("Images__Registry", "registry.invalid"),
            ("Images__Repository", "launchpad/bot"),
            ("Images__Tag", "1.0.0"),
            ("Images__PublicKeyPem", key.ExportSubjectPublicKeyInfoPem()),
            ("Routing__Domain", "bots.invalid"),
            ("Vms__ProgramPath", typeof(LaunchpadApi).Assembly.Location),
        ];
        return settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value));
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

[CollectionDefinition(Name)]
public sealed class ApiCollection : ICollectionFixture<LaunchpadApi>
{
    public const string Name = "api";
}

/// <summary>What is about money, letters and staff has one of its own, beside the other.</summary>
[CollectionDefinition(Name)]
public sealed class SecondApiCollection : ICollectionFixture<LaunchpadApi>
{
    public const string Name = "second api";
}
