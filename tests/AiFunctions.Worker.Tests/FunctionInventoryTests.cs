using AiFunctions.Gateway;
using AiFunctions.Worker.Tests.Double;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AiFunctions.Worker.Tests;

public sealed class FunctionInventoryTests
{
    public static TheoryData<string> Operations => [.. GatewayOperations.All.Select(operation => operation.Name)];

    [Fact]
    public void There_is_one_function_for_each_operation_and_no_other() => Assert.Equal(
        GatewayOperations.All.Select(operation => operation.Name).Order(StringComparer.Ordinal),
        DoubleFunction.All.Select(function => function.Name).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Operations))]
    public void A_function_has_its_operations_route(string name)
    {
        // The worker puts the prefix and a slash before it; a second slash would be no route template.
        Assert.Equal(GatewayOperations.Get(name).Route, "/" + Function(name).Trigger.Route);
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void A_function_takes_its_operations_method_and_perhaps_preflights(string name)
    {
        var methods = Function(name).Trigger.Methods!;

        Assert.Equal(GatewayOperations.Get(name).Method, methods[0], ignoreCase: true);
        Assert.All(methods.Skip(1), method => Assert.Equal("options", method));
        Assert.Equal(methods.Length, methods.Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void A_function_asks_for_no_function_key(string name) =>
        Assert.Equal(AuthorizationLevel.Anonymous, Function(name).Trigger.AuthLevel);

    [Theory]
    [MemberData(nameof(Operations))]
    public void A_functions_name_and_route_are_legal_for_the_host(string name)
    {
        var route = Function(name).Trigger.Route!;

        Assert.Matches("^[A-Za-z][A-Za-z0-9_-]{0,126}$", name);
        Assert.False(route.StartsWith("admin", StringComparison.OrdinalIgnoreCase), "The host keeps every route that begins so.");
        Assert.False(route.StartsWith("runtime", StringComparison.OrdinalIgnoreCase), "The host keeps every route that begins so.");
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void A_function_takes_the_request_and_gives_an_empty_result(string name)
    {
        var method = Function(name).Method;

        Assert.True(method is { IsPublic: true, IsStatic: true, DeclaringType.IsPublic: true });
        Assert.Equal(typeof(HttpRequest), Assert.Single(method.GetParameters()).ParameterType);
        Assert.Equal(typeof(Task<IResult>), method.ReturnType);
    }

    [Fact]
    public void No_two_functions_share_an_entry_point()
    {
        // The worker's generated code finds a method by its type and name alone, so overloads would be mixed up.
        var entries = DoubleFunction.All.Select(function => (function.Method.DeclaringType, function.Method.Name)).ToList();

        Assert.Equal(entries.Count, entries.Distinct().Count());
    }

    [Fact]
    public void Functions_on_one_route_share_no_method_and_one_of_them_takes_preflights() => Assert.All(
        DoubleFunction.All.GroupBy(function => function.Trigger.Route, StringComparer.OrdinalIgnoreCase),
        route =>
        {
            var methods = route.SelectMany(function => function.Trigger.Methods!).ToList();
            Assert.Equal(methods.Count, methods.Distinct(StringComparer.OrdinalIgnoreCase).Count());
            Assert.Contains("options", methods);
        });

    [Fact]
    public async Task A_function_refuses_to_run_without_the_bridge()
    {
        var function = Function("ListClients");

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => (Task<IResult>)function.Method.Invoke(null, [new DefaultHttpContext().Request])!);
    }

    private static DoubleFunction Function(string name) => DoubleFunction.All.Single(function => function.Name == name);
}
