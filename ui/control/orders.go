package control

import (
	"context"
	"encoding/json"
)

// order is a verb of which nothing is awaited.
type order struct {
	name string
	in   any
}

// later does a verb of which nothing is awaited, after those before it; what goes
// wrong is a problem.
func (c *Client) later(name string, in any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.orders = append(c.orders, order{name, in})
	if len(c.orders) == 1 {
		go c.doOrders()
	}
}

func (c *Client) doOrders() {
	for more := true; more; {
		c.mu.Lock()
		o, last := c.orders[0], len(c.orders) == 1
		c.mu.Unlock()
		if _, err := now[json.RawMessage](c, o.name, o.in); err != nil {
			c.problem(err.Error())
		}
		if last {
			c.hearOrders()
		}
		c.mu.Lock()
		c.orders = c.orders[1:]
		if more = len(c.orders) > 0; !more {
			c.set = nil
		}
		c.mu.Unlock()
	}
	c.mirror.Notify()
}

// hearOrders hears what has become of the orders before what was set is shown no more.
func (c *Client) hearOrders() {
	ctx, cancel := context.WithTimeout(context.Background(), verbTimeout)
	defer cancel()
	_ = c.Look(ctx) // when the link is lost, that is said
}
