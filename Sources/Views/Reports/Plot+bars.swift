internal import ChargingModel

extension Plot {
    /// A share as a bar in a table's cell: what is occupied in a light tone, what supplies within it in the dark one.
    static func shareBar(occupied: Double, supplying: Double) -> Markup {
        """
        <svg xmlns="http://www.w3.org/2000/svg" class="share" width="96" height="10" aria-hidden="true">\
        <rect class="ground" width="100%" height="10"/><rect class="tint" width="\(coordinate(min(1, occupied) * 100))%" height="10"/>\
        <rect class="flow" y="3" width="\(coordinate(min(1, supplying) * 100))%" height="4"/></svg>
        """
    }

    /// A count as a bar, by the greatest one.
    static func countBar(_ count: Int, of greatest: Int) -> Markup {
        """
        <svg xmlns="http://www.w3.org/2000/svg" class="count" width="100%" height="10" aria-hidden="true">\
        <rect class="denied" width="\(coordinate(greatest > 0 ? Double(count) / Double(greatest) * 100 : 0))%" height="10"/></svg>
        """
    }
}
