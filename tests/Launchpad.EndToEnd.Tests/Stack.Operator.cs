using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using Launchpad.Local.Demo;
using Launchpad.Local.ResourceManager;
using Launchpad.Local.Storage;

namespace Launchpad.EndToEnd.Tests;

/// <summary>What an operator sees of it and does to it, over its own interfaces.</summary>
public sealed partial class Stack
{
    public TableClient Table(string name) => new(StorageService.ConnectionString(Ports), name);

    /// <summary>Somebody may sign in to the staff's side from now on; the answer is the password that is told once.</summary>
    public async Task<string> AddOperatorAsync(string mail)
    {
        using var verb = Start(["operator", "add", mail, "--json", "--home", Home]);
        verb.ErrorDataReceived += (_, line) => Keep(line.Data);
        verb.BeginErrorReadLine();
        var said = JsonNode.Parse(await verb.StandardOutput.ReadToEndAsync())!["said"]!.AsArray().Select(line => (string)line!);
        await verb.WaitForExitAsync();
        const string Told = "password: ";
        return said.Single(line => line.StartsWith(Told, StringComparison.Ordinal))[Told.Length..];
    }

    /// <summary>Runs a timer now, as an operator who does not want to wait would.</summary>
    public async Task FireAsync(string timer)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(ControlPlane, $"admin/functions/{timer}"))
        {
            Content = JsonContent.Create(new { input = (object?)null }),
        };
        request.Headers.Add("x-functions-key", MasterKey);
        using var answer = await admin.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    public async Task SetFaultsAsync(params object[] rules)
    {
        using var answer = await admin.PutAsJsonAsync(new Uri($"http://127.0.0.1:{Ports.Admin}/faults"), new { seed = 1, rules });
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>How often the rules that are set now struck.</summary>
    public async Task<int> FaultHitsAsync()
    {
        using var report = JsonDocument.Parse(await admin.GetStringAsync(new Uri($"http://127.0.0.1:{Ports.Admin}/faults")));
        return report.RootElement.GetProperty("rules").EnumerateArray().Sum(rule => rule.GetProperty("hits").GetInt32());
    }

    public async Task<IReadOnlyList<(string Service, string Method, string Path)>> SeenCallsAsync()
    {
        using var report = JsonDocument.Parse(await admin.GetStringAsync(new Uri($"http://127.0.0.1:{Ports.Admin}/faults")));
        return
        [
            .. report.RootElement.GetProperty("calls").EnumerateArray().Select(call => (
                call.GetProperty("service").GetString()!, call.GetProperty("method").GetString()!, call.GetProperty("path").GetString()!)),
        ];
    }

    /// <summary>From the vault, as the control plane itself reads it.</summary>
    public async Task<string> SecretAsync(string name)
    {
        using var vault = await AuthorizedAsync(Ports.KeyVault, "https://vault.azure.net");
        return (string)(await vault.Http.GetFromJsonAsync<JsonNode>($"secrets/{name}?api-version=7.6"))!["value"]!;
    }

    /// <summary>How many cores the region has; as an operator asks Azure for more.</summary>
    public async Task SetCoresAsync(int cores)
    {
        using var arm = await AuthorizedAsync(Ports.ResourceManager, Arm.Audience);
        using var answer = await arm.Http.PutAsJsonAsync(
            $"subscriptions/{Arm.Subscription}/providers/Microsoft.Compute/locations/{Arm.Location}/providers/Microsoft.Quota/quotas/cores"
            + "?api-version=2023-02-01",
            new { properties = new { limit = new { limitObjectType = "LimitValue", value = cores } } });
        answer.EnsureSuccessStatusCode();
    }

    private async Task<BotDoor> AuthorizedAsync(int port, string resource)
    {
        using var identity = new HttpRequestMessage(
            HttpMethod.Get, $"http://127.0.0.1:{Ports.Admin}/msi/token?api-version=2019-08-01&resource={resource}");
        var header = await File.ReadAllBytesAsync(Path.Combine(Home, "cloud", "identity-header.key"));
        identity.Headers.Add("X-IDENTITY-HEADER", Convert.ToHexStringLower(header));
        using var granted = await admin.SendAsync(identity);
        var token = (string)(await granted.Content.ReadFromJsonAsync<JsonNode>())!["access_token"]!;
        var service = new BotDoor(new Uri($"https://localhost:{port}/"), CaPath);
        service.Http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return service;
    }

    /// <summary>Waits until no orchestration goes on.</summary>
    public async Task SettledAsync()
    {
        for (var ct = Within(2); ; await Task.Delay(200, ct))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(ControlPlane, "admin/instances?status=Running,Pending"));
            request.Headers.Add("x-functions-key", MasterKey);
            using var answer = await admin.SendAsync(request, ct);
            answer.EnsureSuccessStatusCode();
            if ((await answer.Content.ReadFromJsonAsync<JsonNode>(ct))!["instances"]!.AsArray().Count == 0)
            {
                return;
            }
        }
    }

    /// <summary>The engine's own account of an instance.</summary>
    public async Task<JsonNode> InstanceAsync(string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(ControlPlane, $"admin/instances/{id}"));
        request.Headers.Add("x-functions-key", MasterKey);
        using var answer = await admin.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }
}
