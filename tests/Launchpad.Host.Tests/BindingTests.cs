using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Launchpad.Host.Tests;

public sealed class BindingTests(SharedHost host) : IClassFixture<SharedHost>
{
    private const string Id = "0f8fad5b-d9cb-469f-a165-70867728950e";

    [Fact]
    public async Task Route_and_query_values_arrive_as_the_types_of_the_parameters()
    {
        var answer = await JsonAsync($"/api/typed/{Id}/2026-02-03?text=a%20b&page=4&flag=true");
        Assert.Equal(Id, answer.GetProperty("id").GetString());
        Assert.Equal("2026-02-03T00:00:00", answer.GetProperty("day").GetString());
        Assert.Equal("a b", answer.GetProperty("text").GetString());
        Assert.Equal(4, answer.GetProperty("page").GetInt32());
        Assert.True(answer.GetProperty("flag").GetBoolean());
    }

    [Fact]
    public async Task What_is_not_given_is_the_default_or_null()
    {
        var answer = await JsonAsync($"/api/typed/{Id}/2026-02-03");
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("text").ValueKind);
        Assert.Equal(1, answer.GetProperty("page").GetInt32());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("flag").ValueKind);
    }

    [Fact]
    public async Task A_query_value_never_takes_the_place_of_one_in_the_path()
    {
        var answer = await JsonAsync($"/api/typed/{Id}/2026-02-03?id=ffffffff-ffff-ffff-ffff-ffffffffffff&ID=x");
        Assert.Equal(Id, answer.GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("/api/needed")]
    [InlineData("/api/needed?count=")]
    [InlineData("/api/needed?count=many")]
    public async Task A_value_that_cannot_be_made_fails_the_invocation_as_on_Azure(string path) =>
        Assert.Equal((500, ""), await host.App.GetAsync(path));

    [Fact]
    public async Task A_body_arrives_as_its_type()
    {
        using var response = await host.App.Http.PostAsJsonAsync("/api/body", new { plan = "starter", count = 3 });
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("starter", answer.GetProperty("order").GetProperty("plan").GetString());
        Assert.Equal(3, answer.GetProperty("order").GetProperty("count").GetInt32());
    }

    [Theory]
    [InlineData("{\"plan\":", "application/json")]
    [InlineData("plan=starter", "application/x-www-form-urlencoded")]
    [InlineData("", "application/json")]
    public async Task A_body_that_cannot_be_read_fails_the_invocation_as_on_Azure(string body, string type)
    {
        using var content = new StringContent(body, Encoding.UTF8, type);
        using var response = await host.App.Http.PostAsync(new Uri("/api/body", UriKind.Relative), content);
        Assert.Equal(500, (int)response.StatusCode);
        Assert.Empty(await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_converter_of_the_app_is_used() =>
        Assert.Equal((200, "GET LOUD"), await host.App.GetAsync("/api/converted?word=loud"));

    [Fact]
    public async Task A_class_gets_its_services_from_the_scope_of_the_invocation()
    {
        var answer = await JsonAsync("/api/instance?q=1");
        Assert.True(answer.GetProperty("scope").GetBoolean());
        Assert.True(answer.GetProperty("cancellable").GetBoolean());
        Assert.True(answer.GetProperty("sameRequest").GetBoolean());
        Assert.Equal("1", answer.GetProperty("query").GetString());
        Assert.Equal("Instance", answer.GetProperty("name").GetString());
        Assert.Equal("Launchpad.Host.Sample.Bindings.Instance", answer.GetProperty("entryPoint").GetString());
    }

    private async Task<JsonElement> JsonAsync(string path)
    {
        var (status, body) = await host.App.GetAsync(path);
        Assert.Equal(200, status);
        return JsonElement.Parse(body);
    }
}
