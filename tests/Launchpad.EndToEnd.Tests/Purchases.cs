using Launchpad.Local.Demo;

namespace Launchpad.EndToEnd.Tests;

/// <summary>What most tests do first.</summary>
public static class Purchases
{
    public const string Password = "correct horse battery staple";

    public static async Task<Customer> SignedUpAsync(this Stack stack)
    {
        var customer = stack.NewCustomer();
        await customer.SignUpAsync($"{Guid.NewGuid():N}@example.com", Password, Stack.Within(1));
        return customer;
    }

    /// <summary>Orders and pays; does not wait.</summary>
    public static async Task<string> BuyAsync(this Customer customer, object? order = null)
    {
        var ct = Stack.Within(2);
        var deployment = await customer.OrderAsync(order ?? new { name = "Ada", plan = "starter" }, ct);
        Assert.True(await customer.PayAsync(await customer.CheckoutAsync(deployment, ct), Customer.GoodCard, ct));
        return deployment;
    }

    /// <summary>Orders, pays, and waits for the operation's end.</summary>
    public static async Task<(string Deployment, Operation Operation)> ProvisionedAsync(this Customer customer, object? order = null)
    {
        var deployment = await customer.BuyAsync(order);
        var operation = await customer.BegunAsync(deployment, Stack.Within(1));
        return (deployment, await customer.FinishedAsync(operation, null, Stack.Within(5)));
    }

    public static async Task<(string Deployment, Operation Operation)> RunningAsync(this Customer customer, object? order = null)
    {
        var (deployment, operation) = await customer.ProvisionedAsync(order);
        Assert.True(operation.Status == "succeeded", $"{operation.Failure}\n{await WroteAsync(customer, deployment)}");
        return (deployment, operation);
    }

    public static async Task<Operation> DoAsync(this Customer customer, HttpMethod method, string path, object? body = null)
    {
        var operation = await customer.StartAsync(method, path, body, Stack.Within(1));
        return await customer.FinishedAsync(operation!, null, Stack.Within(5));
    }

    public static async Task DeletedAsync(this Customer customer, string deployment)
    {
        var operation = await customer.DoAsync(HttpMethod.Delete, $"deployments/{deployment}?window=none");
        Assert.True(operation.Status == "succeeded", $"{operation.Failure}");
    }

    private static async Task<string> WroteAsync(Customer customer, string deployment)
    {
        using var logs = await customer.SendAsync(HttpMethod.Get, $"deployments/{deployment}/logs?tail=20", null, Stack.Within(1));
        return logs.RootElement.GetRawText();
    }
}
