using AiFunctions.Gateway.Clients;

namespace AiFunctions.Gateway.Tests.Clients;

public class ClientIdTests
{
    [Fact]
    public void Ids_from_tokens_are_well_formed_and_like_no_other()
    {
        string[] ids = [ClientId.OfApplication(0), ClientId.OfUser(0), ClientId.OfApplication(UInt128.MaxValue), ClientId.OfUser(1)];

        Assert.All(ids, id => Assert.True(ClientId.IsWellFormed(id) && ClientId.IsOfToken(id)));
        Assert.False(ClientId.IsOfToken(ClientId.New()));
        Assert.False(ClientId.IsOfToken("jwta"));
        Assert.False(ClientId.IsOfToken("jwta" + new string('/', 28)));
    }
}
