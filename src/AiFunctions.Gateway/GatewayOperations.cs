using AiFunctions.Gateway.Apis.ChatCompletions;
using AiFunctions.Gateway.Apis.Embeddings;
using AiFunctions.Gateway.Health;
using AiFunctions.Gateway.Inference;
using AiFunctions.Gateway.KeyRotation;
using AiFunctions.Gateway.Management;
using AiFunctions.Gateway.Models;
using AiFunctions.Gateway.Operations;
using AiFunctions.Gateway.RateLimits;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AiFunctions.Gateway;

/// <summary>Everything the gateway answers to.</summary>
public static class GatewayOperations
{
    /// <summary>All operations, in the order of the contract.</summary>
    public static IReadOnlyList<GatewayOperation> All { get; } =
    [
        Anonymous<HealthEndpoint>("Health", "GET", "/healthz", (e, c) => e.CheckAsync(c)),

        Model(new ChatCompletionsApi()),
        Model(new EmbeddingsApi()),
        Client<ModelEndpoints>("ListModels", "GET", "/v1/models", null, OperationBody.None, (e, c) => e.ListAsync(c)),
        Client<ModelEndpoints>("GetModel", "GET", "/v1/models/{*id}", null, OperationBody.None, (e, c) => e.GetAsync(c)),
        Client<OwnUsageEndpoint>("GetUsage", "GET", "/v1/usage", null, OperationBody.None, (e, c) => e.GetAsync(c)),
        Client<RotateOwnKeyEndpoint>("RotateOwnKey", "POST", "/v1/keys/rotate", null, OperationBody.Optional, (e, c) => e.RotateAsync(c)),

        Management<ClientEndpoints>("CreateClient", "POST", "/manage/clients", OperationBody.Required, (e, c) => e.CreateAsync(c)),
        Report<ClientEndpoints>("ListClients", "/manage/clients", (e, c) => e.ListAsync(c)),
        Management<ClientEndpoints>("GetClient", "GET", "/manage/clients/{id}", OperationBody.None, (e, c) => e.GetAsync(c)),
        Management<ClientEndpoints>("UpdateClient", "PATCH", "/manage/clients/{id}", OperationBody.Required, (e, c) => e.UpdateAsync(c)),
        Management<ClientEndpoints>("DeleteClient", "DELETE", "/manage/clients/{id}", OperationBody.None, (e, c) => e.DeleteAsync(c)),
        Management<KeyEndpoints>("IssueKey", "POST", "/manage/clients/{id}/keys", OperationBody.Optional, (e, c) => e.IssueAsync(c)),
        Report<KeyEndpoints>("ListKeys", "/manage/clients/{id}/keys", (e, c) => e.ListAsync(c)),
        Report<KeyEventEndpoints>("ListKeyEvents", "/manage/clients/{id}/keys/events", (e, c) => e.ListAsync(c)),
        Management<KeyRotationEndpoint>("RotateKey", "POST", "/manage/clients/{id}/keys/{keyId}/rotate", OperationBody.Optional, (e, c) => e.RotateAsync(c)),
        Management<KeyEndpoints>("RevokeKey", "DELETE", "/manage/clients/{id}/keys/{keyId}", OperationBody.None, (e, c) => e.RevokeAsync(c)),
        Management<CertificateEndpoints>("AddCertificate", "POST", "/manage/clients/{id}/certificates", OperationBody.Required, (e, c) => e.AddAsync(c)),
        Report<CertificateEndpoints>("ListCertificates", "/manage/clients/{id}/certificates", (e, c) => e.ListAsync(c)),
        Management<CertificateEndpoints>("RemoveCertificate", "DELETE", "/manage/clients/{id}/certificates/{certificateId}", OperationBody.None, (e, c) => e.RemoveAsync(c)),
        Report<AnomalyEndpoints>("ListAnomalies", "/manage/anomalies", (e, c) => e.ListAsync(c)),
        Management<AnomalyEndpoints>("ScanForAnomalies", "POST", "/manage/anomalies/scan", OperationBody.None, (e, c) => e.ScanAsync(c)),
        Management<RotationRunEndpoint>("RunRotation", "POST", "/manage/rotation/run", OperationBody.None, (e, c) => e.RunAsync(c)),
        Report<UsageReportEndpoint>("ReportUsage", "/manage/usage", (e, c) => e.GetAsync(c)),
        Report<ReviewEndpoints>("ListReviews", "/manage/reviews", (e, c) => e.ListAsync(c)),
        Management<ReviewEndpoints>("GetReview", "GET", "/manage/reviews/{id}", OperationBody.None, (e, c) => e.GetAsync(c)),
        Management<ReviewEndpoints>("DecideReview", "POST", "/manage/reviews/{id}", OperationBody.Required, (e, c) => e.DecideAsync(c)),
        Management<BlockEndpoints>("CreateBlock", "POST", "/manage/blocks", OperationBody.Required, (e, c) => e.CreateAsync(c)),
        Report<BlockEndpoints>("ListBlocks", "/manage/blocks", (e, c) => e.ListAsync(c)),
        Management<BlockEndpoints>("DeleteBlockById", "DELETE", "/manage/blocks", OperationBody.None, (e, c) => e.DeleteByQueryAsync(c)),
        Management<BlockEndpoints>("DeleteBlock", "DELETE", "/manage/blocks/{id}", OperationBody.None, (e, c) => e.DeleteAsync(c)),
    ];

    /// <summary>The operations of models among them.</summary>
    internal static IEnumerable<ModelApi> ModelApis => All.Select(operation => operation.Endpoint.Metadata.GetMetadata<ModelApi>()).OfType<ModelApi>();

    /// <summary>The scopes that a client may be given.</summary>
    internal static OperationScopes Scopes { get; } = new([.. All.Select(operation => operation.Scope).OfType<string>().Distinct()]);

    /// <summary>Finds an operation.</summary>
    /// <param name="name">Its name, as in <see cref="GatewayOperation.Name"/>.</param>
    /// <exception cref="ArgumentException">There is no operation of that name.</exception>
    /// <returns>The operation.</returns>
    public static GatewayOperation Get(string name) =>
        All.FirstOrDefault(operation => operation.Name == name) ?? throw new ArgumentException($"There is no operation '{name}'.", nameof(name));

    /// <summary>Maps every operation.</summary>
    /// <param name="endpoints">The host's route builder.</param>
    public static void MapAiGateway(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        endpoints.DataSources.Add(new DefaultEndpointDataSource(All.Select(operation => operation.Endpoint)));
    }

    private static GatewayOperation Model(ModelApi api) =>
        new(api.Name, "POST", api.Route, OperationAccess.Client, OperationBody.Required, Handler<ModelCall>((call, context) => call.RunAsync(api, context)), api, api.Errors)
        {
            Scope = api.Scope,
            ModelOperation = api.ModelOperation,
        };

    private static GatewayOperation Anonymous<T>(string name, string method, string route, Func<T, HttpContext, Task> handler)
        where T : notnull =>
        new(name, method, route, OperationAccess.Anonymous, OperationBody.None, Handler(handler));

    private static GatewayOperation Client<T>(
        string name, string method, string route, string? scope, OperationBody body, Func<T, HttpContext, Task> handler)
        where T : notnull =>
        new(name, method, route, OperationAccess.Client, body, Handler(handler)) { Scope = scope };

    private static GatewayOperation Management<T>(
        string name, string method, string route, OperationBody body, Func<T, HttpContext, Task> handler)
        where T : notnull =>
        new(name, method, route, OperationAccess.Management, body, Handler(handler));

    // A list or report, which reads much.
    private static GatewayOperation Report<T>(string name, string route, Func<T, HttpContext, Task> handler)
        where T : notnull => Management<T>(
            name,
            "GET",
            route,
            OperationBody.None,
            (endpoint, context) => context.RequestServices.GetRequiredService<ReportTurns>().RunAsync(context, () => handler(endpoint, context)));

    private static RequestDelegate Handler<T>(Func<T, HttpContext, Task> handler)
        where T : notnull =>
        context => handler(context.RequestServices.GetRequiredService<T>(), context);
}
