using System.Net;
using System.Text.RegularExpressions;
using Launchpad.Functions.Tests.Api;

namespace Launchpad.Functions.Tests.Staff;

/// <summary>Every route of the staff, asked by who is none.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class StaffRouteTests(LaunchpadApi api)
{
    private static readonly Dictionary<string, object> Bodies = new()
    {
        ["staff/operations"] = new { action = "cancel", ids = new[] { "op_01ARZ3NDEKTSV4RRFFQ69G5FAV" } },
        ["staff/operations/{id}/extend"] = new { minutes = 5 },
        ["staff/alerts/{id}/silence"] = new { until = DateTimeOffset.UtcNow.AddHours(1) },
    };

    public static TheoryData<string, string> All => Of(route => !route.IsOpen);

    public static TheoryData<string, string> OfAnId => Of(route => route.Template.Contains('{', StringComparison.Ordinal));

    [Fact]
    public void What_asks_for_an_operator_is_what_lies_under_staff() => Assert.Equal(
        Routes.ByFunction.Values.Where(route => route.Template.StartsWith("staff/", StringComparison.Ordinal) && !route.IsOpen),
        Routes.ByFunction.Values.Where(route => route.IsStaff));

    [Fact]
    public void Nobody_gets_in_but_by_signing_in() => Assert.Equal(
        ["StaffLogin", "StaffLoginSecond"],
        Routes.ByFunction.Values.Where(route => route.Template.StartsWith("staff/", StringComparison.Ordinal) && route.IsOpen)
            .Select(route => route.Function).Order());

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_customer_and_nobody_are_the_same_401(string method, string template)
    {
        using var customer = await api.SignedUpAsync();
        using var nobody = new HttpClient { BaseAddress = api.Address };
        foreach (var http in new[] { customer.Http, nobody })
        {
            using var request = Request(method, template, "dep_01ARZ3NDEKTSV4RRFFQ69G5FAV");
            using var answer = await http.SendAsync(request);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    [Theory]
    [MemberData(nameof(OfAnId))]
    public async Task What_never_was_is_not_found(string method, string template)
    {
        using var staff = await StaffMember.OfAsync(api);
        foreach (var id in new[] { "op_01ARZ3NDEKTSV4RRFFQ69G5FAV", "vm_01ARZ3NDEKTSV4RRFFQ69G5FAV", "nonsense", "@a@b", "-" })
        {
            using var request = Request(method, template, id);
            using var answer = await staff.Http.SendAsync(request);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    private static HttpRequestMessage Request(string method, string template, string id) => new(
        new HttpMethod(method), Regex.Replace(template, @"\{[^}]+\}", Uri.EscapeDataString(id)))
    {
        Content = method != "GET" && Bodies.TryGetValue(template, out var body) ? System.Net.Http.Json.JsonContent.Create(body) : null,
    };

    private static TheoryData<string, string> Of(Func<Route, bool> isWanted)
    {
        var data = new TheoryData<string, string>();
        foreach (var route in Routes.ByFunction.Values.Where(route => route.Template.StartsWith("staff/", StringComparison.Ordinal) && isWanted(route)))
        {
            foreach (var method in route.Methods.Where(method => method != "HEAD"))
            {
                data.Add(method, route.Template);
            }
        }

        return data;
    }
}
