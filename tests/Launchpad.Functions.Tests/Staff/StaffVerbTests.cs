using System.Diagnostics;
using System.Net.Http.Json;
using Launchpad.Functions.Tests.Api;

namespace Launchpad.Functions.Tests.Staff;

/// <summary>The program by which operators are made: `./launchpad operator` on one machine, tools/control-plane on Azure.</summary>
[Collection(ApiCollection.Name)]
public sealed class StaffVerbTests(LaunchpadApi api)
{
    private readonly string email = $"{Guid.NewGuid():N}@staff.example";

    [Fact]
    public async Task Who_was_added_signs_in_with_what_was_told_once_until_he_is_removed()
    {
        var (code, said) = await RunAsync("operator", "add", email.ToUpperInvariant());
        Assert.Equal(0, code);
        var password = said.Single(line => line.StartsWith("password: ", StringComparison.Ordinal))["password: ".Length..];
        Assert.Equal(200, await LoginAsync(password));
        Assert.Equal(1, (await RunAsync("operator", "add", email)).Code);

        var (_, listed) = await RunAsync("operator", "list");
        Assert.Contains(listed, line => line.Contains(email, StringComparison.OrdinalIgnoreCase) && line.StartsWith("stf_", StringComparison.Ordinal));
        Assert.DoesNotContain(listed, line => line.Contains(password, StringComparison.Ordinal));

        Assert.Equal(0, (await RunAsync("operator", "remove", email)).Code);
        Assert.Equal(401, await LoginAsync(password));
        Assert.Equal(1, (await RunAsync("operator", "remove", email)).Code);
    }

    [Theory]
    [InlineData(1, "operator", "add", "nobody")]
    [InlineData(2, "operator", "add")]
    [InlineData(2, "operator", "promote", "ada@example.com")]
    [InlineData(2, "operator")]
    public async Task What_makes_no_sense_is_refused(int code, params string[] arguments) => Assert.Equal(code, (await RunAsync(arguments)).Code);

    private async Task<int> LoginAsync(string password)
    {
        using var http = new HttpClient { BaseAddress = api.Address };
        using var answer = await http.PostAsJsonAsync(new Uri("staff/auth/login", UriKind.Relative), new { email, password });
        return (int)answer.StatusCode;
    }

    private async Task<(int Code, IReadOnlyList<string> Said)> RunAsync(params string[] arguments)
    {
        var outputs = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", ".."));
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var start = new ProcessStartInfo(
            "dotnet", [Path.Combine(outputs, "Launchpad.ControlPlane", configuration, "Launchpad.ControlPlane.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["Storage__ConnectionString"] = api.StorageConnection },
        };
        using var program = Process.Start(start)!;
        var trouble = program.StandardError.ReadToEndAsync();
        var said = await program.StandardOutput.ReadToEndAsync();
        await program.WaitForExitAsync();
        await trouble;
        return (program.ExitCode, said.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
