using System.Text.Json;
using Launchpad.Functions.Tests.Access;
using Launchpad.Functions.Tests.Api;
using Launchpad.Shared.Push;

namespace Launchpad.Functions.Tests.Notifications;

/// <summary>A browser becomes a device, through the API, and hears over TLS on loopback, which the operator of this stack allows.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class DeviceTests(LaunchpadApi api)
{
    [Fact]
    public async Task A_device_hears_what_letters_are_written_about_until_it_is_removed()
    {
        await using var service = await PushService.StartAsync(api.Certificate);
        using var person = await Colleague.NewAsync(api);
        using var phone = service.Subscribe();
        var (status, list) = await person.SendAsync("GET", "notifications/devices");
        Assert.Equal((200, 0), (status, list!.Value.GetProperty("devices").GetArrayLength()));
        var key = list.Value.GetProperty("publicKey").GetString();

        var id = await AddAsync(person, phone);
        Assert.Equal(DeviceStore.IdOf(phone.Endpoint), id);
        Assert.Equal(202, (await person.SendAsync("POST", $"notifications/devices/{id}/test")).Status);
        Assert.Equal(202, (await person.SendAsync("POST", "notifications/health/test")).Status);
        var titles = (await service.UntilAsync(phone, 2)).Select(one => one.GetProperty("title").GetString()).Order(StringComparer.Ordinal);
        Assert.Equal(["This device gets your notifications", "[Test] Your bot is down: your bot"], titles);
        Assert.All(service.All, one => Assert.Equal(key, one.Key));
        await api.LetterAsync(person.Email, "A device gets your notifications");

        var (_, after) = await person.SendAsync("GET", "notifications/devices");
        var device = Assert.Single(after!.Value.GetProperty("devices").EnumerateArray());
        Assert.Equal(("127.0.0.1", JsonValueKind.String), (device.GetProperty("service").GetString(), device.GetProperty("lastSentAt").ValueKind));
        foreach (var secret in new[] { "/push/", phone.Auth, phone.P256dh })
        {
            Assert.DoesNotContain(secret, after.Value.GetRawText(), StringComparison.Ordinal);
        }

        Assert.Equal(204, (await person.SendAsync("DELETE", $"notifications/devices/{id}")).Status);
        Assert.Equal(404, (await person.SendAsync("DELETE", $"notifications/devices/{id}")).Status);
        Assert.Equal(404, (await person.SendAsync("POST", $"notifications/devices/{id}/test")).Status);
        await api.LetterAsync(person.Email, "A device gets your notifications no more");
        Assert.Equal(2, service.All.Count);
        Assert.Empty(service.Wrong);
    }

    [Fact]
    public async Task A_device_of_somebody_else_is_not_found()
    {
        using var owner = await Colleague.NewAsync(api);
        using var stranger = await Colleague.NewAsync(api);
        using var phone = new Subscriber("https://push.example.com/one");
        var id = await AddAsync(owner, phone);
        foreach (var tried in new[] { id, id[..^1] + "x", "nonsense", "profile" })
        {
            Assert.Equal(404, (await stranger.SendAsync("DELETE", $"notifications/devices/{tried}")).Status);
            Assert.Equal(404, (await stranger.SendAsync("POST", $"notifications/devices/{tried}/test")).Status);
        }

        Assert.Single(await ListAsync(owner));
        Assert.Empty(await ListAsync(stranger));
    }

    [Fact]
    public async Task The_same_subscription_is_one_device_with_the_keys_that_it_has_now_and_a_person_has_ten_at_most()
    {
        using var person = await Colleague.NewAsync(api);
        using var before = new Subscriber("https://push.example.com/again");
        using var now = new Subscriber(before.Endpoint);
        Assert.Equal(await AddAsync(person, before), await AddAsync(person, now));
        var device = Assert.Single(await api.Service<DeviceStore>().ListAsync(person.Account, CancellationToken.None));
        Assert.Equal(now.Target, await api.Service<DeviceStore>().OpenAsync(device, CancellationToken.None));

        for (var number = 1; number < DeviceStore.PerPersonMax; number++)
        {
            using var other = new Subscriber($"https://push.example.com/{number}");
            await AddAsync(person, other);
        }

        using var last = new Subscriber("https://push.example.com/last");
        var (status, problem) = await person.SendAsync("POST", "notifications/devices", Body(last));
        Assert.Equal((400, "endpoint"), (status, problem!.Value.GetProperty("field").GetString()));
        Assert.Equal(201, (await person.SendAsync("POST", "notifications/devices", Body(before))).Status);
    }

    [Fact]
    public async Task What_is_no_subscription_is_refused_and_says_what_is_wrong_with_it()
    {
        using var person = await Colleague.NewAsync(api);
        using var good = new Subscriber("https://push.example.com/good");
        var off = good.P256dh[..^2] + (good.P256dh.EndsWith("AA", StringComparison.Ordinal) ? "BA" : "AA");
        foreach (var (field, endpoint, p256dh, auth) in new (string, string?, string?, string?)[]
            {
                ("endpoint", null, good.P256dh, good.Auth),
                ("endpoint", "http://push.example.com/", good.P256dh, good.Auth),
                ("endpoint", "https://10.0.0.1/", good.P256dh, good.Auth),
                ("endpoint", "https://[::1]/", good.P256dh, good.Auth),
                ("endpoint", "https://b\u00fccher.example/", good.P256dh, good.Auth),
                ("endpoint", $"https://push.example.com/{new string('a', 1_000)}", good.P256dh, good.Auth),
                ("p256dh", good.Endpoint, null, good.Auth),
                ("p256dh", good.Endpoint, good.P256dh[..^4], good.Auth),
                ("p256dh", good.Endpoint, off, good.Auth),
                ("p256dh", good.Endpoint, "!" + good.P256dh[1..], good.Auth),
                ("auth", good.Endpoint, good.P256dh, null),
                ("auth", good.Endpoint, good.P256dh, good.Auth + "AAAA"),
            })
        {
            var (status, problem) = await person.SendAsync("POST", "notifications/devices", new { endpoint, p256dh, auth });
            Assert.True(status == 400 && problem!.Value.GetProperty("field").GetString() == field, $"{field} {endpoint} {p256dh} {auth}: {status} {problem}");
        }

        Assert.Empty(await ListAsync(person));
        Assert.Equal(201, (await person.SendAsync("POST", "notifications/devices", Body(good))).Status);
    }

    private static object Body(Subscriber of) => new { endpoint = of.Endpoint, p256dh = of.P256dh, auth = of.Auth };

    private static async Task<string> AddAsync(Colleague person, Subscriber browser)
    {
        var (status, body) = await person.SendAsync("POST", "notifications/devices", Body(browser));
        Assert.True(status == 201, $"{body}");
        return body!.Value.GetProperty("id").GetString()!;
    }

    private static async Task<IReadOnlyList<JsonElement>> ListAsync(Colleague person) =>
        [.. (await person.SendAsync("GET", "notifications/devices")).Body!.Value.GetProperty("devices").EnumerateArray()];
}
