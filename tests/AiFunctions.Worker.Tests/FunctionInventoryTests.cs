using System.Text.Json;
using AiFunctions.Gateway;
using AiFunctions.Gateway.Operations;

namespace AiFunctions.Worker.Tests;

/// <summary>The functions that the build wrote down for the host.</summary>
public sealed class FunctionInventoryTests(SharedWorker worker)
{
    private const string CatchAll = "Wildcard";

    private static readonly IReadOnlyList<JsonElement> Built =
        [.. JsonElement.Parse(File.ReadAllText(Path.Combine(Repository.FunctionsDirectory, "functions.metadata"))).EnumerateArray()];

    private static readonly IReadOnlyList<JsonElement> Http = [.. Built.Where(function => Text(Trigger(function), "type") == "httpTrigger")];

    [Fact]
    public void There_is_one_function_for_each_operation_of_the_client_API_and_one_for_the_rest() => Assert.Equal(
        GatewayOperations.All.Where(operation => operation.Access != OperationAccess.Management).Select(operation => operation.Name).Append(CatchAll).Order(StringComparer.Ordinal),
        Http.Select(Name).Order(StringComparer.Ordinal));

    [Fact]
    public void A_function_has_its_operations_route_and_method() => Assert.All(
        Http.Where(function => Name(function) != CatchAll),
        function =>
        {
            var operation = GatewayOperations.Get(Name(function));

            // The worker puts the prefix and a slash before the route; a second slash would be no route template.
            Assert.Equal(operation.Route, "/" + Text(Trigger(function), "route"));
            Assert.Equal(operation.Method, Assert.Single(Trigger(function).GetProperty("methods").EnumerateArray()).GetString(), ignoreCase: true);
        });

    [Fact]
    public void The_catch_all_takes_every_method_and_comes_last_whatever_the_host_goes_by()
    {
        var last = Built[^1];

        Assert.Equal(CatchAll, Name(last));
        Assert.Equal(CatchAll, Built.Select(Name).Order(StringComparer.OrdinalIgnoreCase).Last());
        Assert.Equal("{*path}", Text(Trigger(last), "route"));
        Assert.False(Trigger(last).TryGetProperty("methods", out _));
    }

    [Fact]
    public void The_worker_names_the_functions_in_the_built_order() =>
        Assert.Equal(Built.Select(Name), worker.Host.Functions.Select(function => function.Name));

    [Fact]
    public void A_function_asks_for_no_function_key() =>
        Assert.All(Http, function => Assert.Equal("Anonymous", Text(Trigger(function), "authLevel")));

    [Fact]
    public void A_functions_name_and_route_are_legal_for_the_host() => Assert.All(Http, function =>
    {
        var route = Text(Trigger(function), "route");

        Assert.Matches("^[A-Za-z][A-Za-z0-9_-]{0,126}$", Name(function));
        Assert.False(route.StartsWith("admin", StringComparison.OrdinalIgnoreCase), "The host keeps every route that begins so.");
        Assert.False(route.StartsWith("runtime", StringComparison.OrdinalIgnoreCase), "The host keeps every route that begins so.");
    });

    /// <summary>The worker's generated code finds a method by its type and name alone, so overloads would be mixed up.</summary>
    [Fact]
    public void No_two_functions_share_an_entry_point() =>
        Assert.Equal(Built.Count, Built.Select(function => Text(function, "entryPoint")).Distinct().Count());

    private static JsonElement Trigger(JsonElement function) =>
        Assert.Single(function.GetProperty("bindings").EnumerateArray(), binding => Text(binding, "type").EndsWith("Trigger", StringComparison.Ordinal));

    private static string Name(JsonElement function) => Text(function, "name");

    private static string Text(JsonElement element, string property) => element.GetProperty(property).GetString()!;
}
